import { readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inspectionSchema } from '../../contract/dataset.ts'
import { jobEventSchema, rejectSchema, taskSchema } from '../../contract/job.ts'
import { jsonSchema } from '../../contract/json.ts'
import { openGround } from './gristmill.ts'

/** What `--json` prints, held to the contract's schemas; they are strict, so that nothing more is printed either. */

const kindSchema = z.strictObject({ id: z.string(), title: z.string(), version: z.int() })
const schemaSchema = z.looseObject({ type: z.string().optional() })

describe('kinds', () => {
  it('lists every kind, and describes each one’s params and result', async () => {
    const ground = openGround()
    const kinds = await ground.json(z.array(kindSchema), ['kinds'])
    expect(kinds.map(({ id }) => id).toSorted()).toEqual(['no-op', 'numbers', 'primes', 'sort', 'word-count'])
    for (const { id } of kinds) {
      const kind = await ground.json(kindSchema.extend({ params: schemaSchema, result: schemaSchema }), ['kinds', id])
      expect(kind.params['properties'], id).toBeTypeOf('object')
    }
    const { params } = await ground.json(kindSchema.extend({ params: schemaSchema, result: schemaSchema }), [
      'kinds',
      'numbers',
    ])
    expect(Object.keys(params['properties'] as object)).toEqual(['formula', 'values', 'from', 'to', 'step'])
    expect(await ground.run(['kinds', 'nothing'])).toMatchObject({ code: 2 })
    expect(ground.filesIn(ground.home)).toEqual([])
  })
})

describe('a job', () => {
  it('is told the same by run, show and jobs, with absolute artifacts that match their checksums', async () => {
    const ground = openGround()
    const path = ground.file('a.txt', 'b a\nb\n')
    const document = await ground.runJob(['word-count', path, '-p', 'top=1', '--name', 'mine', '--workers', '2'])
    expect(await ground.show()).toEqual(document)
    expect(await ground.jobs()).toEqual([document.job])
    expect(await ground.json(jsonSchema, ['result', 'last'])).toEqual(document.result)
    const { job, artifacts } = document
    expect(job).toMatchObject({
      name: 'mine',
      kind: 'word-count',
      state: 'succeeded',
      params: { tokens: 'words', top: 1 },
      inputs: [{ path, name: 'a.txt', bytes: 6 }],
      workers: 2,
      split: null,
      parentId: null,
    })
    expect(job.createdAt).toBeLessThanOrEqual(job.startedAt ?? 0)
    expect(job.startedAt ?? 0).toBeLessThanOrEqual(job.finishedAt ?? 0)
    const { total, ...states } = job.tasks
    expect(Object.values(states).reduce((sum, count) => sum + count, 0)).toBe(total)
    for (const figure of Object.values(job.timing)) expect(figure).toBeGreaterThanOrEqual(0)
    const [artifact] = artifacts
    expect(artifact?.path).toBe(join(ground.cwd, 'gristmill-out/mine/words.csv'))
    const bytes = readFileSync(artifact?.path ?? '')
    expect(artifact).toMatchObject({ bytes: bytes.length, mediaType: 'text/csv', rows: 2 })
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(artifact?.sha256)
  })

  it('writes beside earlier jobs of the same name, not over them', async () => {
    const ground = openGround()
    const path = ground.file('a.txt', '1\n')
    for (const folder of ['numbers-a', 'numbers-a-2', 'numbers-a-3']) {
      const { artifacts } = await ground.runJob(['numbers', path])
      expect(artifacts[0]?.path).toBe(join(ground.cwd, 'gristmill-out', folder, 'numbers.txt'))
    }
  })

  it('has tasks, rejects and a story', async () => {
    const ground = openGround()
    const ended = await ground.run(['run', 'numbers', ground.file('a.txt', '1\nbad\n3\n'), '--json'])
    expect(ended.code).toBe(3)
    const tasks = await ground.json(z.array(taskSchema), ['tasks', 'last'])
    expect(tasks.every((task) => task.state === 'succeeded')).toBe(true)
    const rejects = await ground.json(z.array(rejectSchema), ['rejects', 'last'])
    expect(rejects).toMatchObject([{ row: 2, offset: 2, raw: 'bad' }])
    const story = await ground.json(z.array(jobEventSchema), ['log', 'last'])
    expect(story.map(({ type }) => type)).toEqual(expect.arrayContaining(['queued', 'started', 'succeeded']))
    expect(story.map(({ at }) => at)).toEqual(story.map(({ at }) => at).toSorted((one, other) => one - other))
  })

  it('that fails ends with exit code 1 and one line that says why', async () => {
    const ground = openGround()
    const path = ground.file('long.txt', Buffer.alloc(65 * 1024 * 1024, '1'))
    const ended = await ground.run(['run', 'numbers', path, '--quiet'])
    expect(ended.code).toBe(1)
    expect(ended.stderr).toMatch(/^gristmill: job \w+ failed: [^\n]*64 MiB[^\n]*\n$/)
    const document = await ground.show()
    expect(document.job.state).toBe('failed')
    expect(document.error?.message).toContain('64 MiB')
    expect(document.artifacts).toEqual([])
    expect(ground.filesIn(join(ground.cwd, 'gristmill-out'))).toEqual([])
    await ground.untilEmpty()
  })
})

describe('other documents', () => {
  it('inspect tells what a dataset is without making a home’s job of it', async () => {
    const ground = openGround()
    const text = ground.file('a.txt', '\uFEFFone\r\ntwo\r\n')
    const binary = ground.file('b.bin', Buffer.alloc(100))
    const [first, second] = await ground.json(z.array(inspectionSchema), ['inspect', text, binary])
    expect(first).toMatchObject({ encoding: 'utf-8-bom', lineEnding: 'crlf', input: { format: 'text' } })
    expect(second).toMatchObject({ input: { format: 'binary', bytes: 100 } })
    expect(await ground.jobs()).toEqual([])
  })

  it('doctor finds a home healthy', async () => {
    const ground = openGround()
    await ground.runJob(['no-op', '-p', 'tasks=1'])
    const report = await ground.json(z.looseObject({}), ['doctor'])
    expect(Object.keys(report).length).toBeGreaterThan(3)
  })
})
