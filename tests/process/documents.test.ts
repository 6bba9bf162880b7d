import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inspectionSchema } from '../../contract/dataset.ts'
import { jobDocumentSchema, jobEventSchema, rejectSchema, taskSchema } from '../../contract/job.ts'
import { jsonSchema } from '../../contract/json.ts'
import { recipeSchema } from '../../contract/recipe.ts'
import { openGround } from './gristmill.ts'

/** What `--json` prints, held to the contract's schemas; they are strict, so that nothing more is printed either. */

const kindSchema = z.strictObject({ id: z.string(), title: z.string(), version: z.int() })
const schemaSchema = z.looseObject({ type: z.string().optional() })

/** A folder of `kinds/` is a kind. */
function kindsByFolder(): string[] {
  const folders = readdirSync(join(import.meta.dirname, '../../kinds'), { withFileTypes: true })
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  return names.map((name) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)).toSorted()
}

describe('kinds', () => {
  it('lists every kind, and describes each one’s params and result', async () => {
    const ground = openGround()
    const kinds = await ground.json(z.array(kindSchema), ['kinds'])
    expect(kinds.map(({ id }) => id).toSorted()).toEqual(kindsByFolder())
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

  it('what a job wrote is the next one’s input by the job’s name, and can be looked at so', async () => {
    const ground = openGround()
    await ground.runJob(['word-count', ground.file('a.txt', 'b a b\n'), '--name', 'first'])
    const [inspected] = await ground.json(z.array(inspectionSchema), ['inspect', 'job:last/words.csv'])
    expect(inspected?.preview).toEqual(['word,count', 'b,2', 'a,1'])
    const { job } = await ground.show()
    const next = await ground.json(jobDocumentSchema, ['run', 'word-count', `job:${job.id}/words.csv`, '--json'])
    expect(next.job).toMatchObject({ state: 'succeeded', name: 'word-count words' })
    expect(next.result).toMatchObject({ totalWords: 6 })
  })

  it.each([
    ['job:last/other.csv', /cannot take other\.csv of job last: it wrote no such file; choose one of words\.csv/],
    ['job:nobody/words.csv', /no job 'nobody'|nobody/],
  ])('%s is refused when no job wrote it', async (word, why) => {
    const ground = openGround()
    await ground.runJob(['word-count', ground.file('a.txt', 'b a b\n')])
    const refused = await ground.run(['run', 'word-count', word])
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toMatch(why)
    expect(await ground.jobs()).toHaveLength(1)
  })

  it('what a job wrote is refused when another file stands there since, or none', async () => {
    const ground = openGround()
    const { artifacts } = await ground.runJob(['word-count', ground.file('a.txt', 'b a b\n')])
    writeFileSync(artifacts[0]!.path, 'something else')
    expect((await ground.run(['run', 'word-count', 'job:last/words.csv'])).stderr).toContain('is another one now')
    rmSync(artifacts[0]!.path)
    expect((await ground.run(['run', 'word-count', 'job:last/words.csv'])).stderr).toContain('is no longer there')
    expect(await ground.jobs()).toHaveLength(1)
  })

  it('a recipe is a kind with its params under a name, saved, run, overruled, replaced and removed', async () => {
    const ground = openGround()
    const text = ground.file('a.txt', 'b a b\n')
    expect((await ground.run(['recipes', 'save', 'brief', 'word-count', '-p', 'top=1'])).code).toBe(0)
    const recipes = z.array(recipeSchema)
    expect(await ground.json(recipes, ['recipes'])).toMatchObject([
      { name: 'brief', kind: 'word-count', params: { top: 1 } },
    ])
    const brief = await ground.json(jobDocumentSchema, ['run', '@brief', text])
    expect(brief.job.params).toEqual({ tokens: 'words', top: 1 })
    const overruled = await ground.json(jobDocumentSchema, ['run', '@brief', text, '-p', 'top=2'])
    expect(overruled.job.params).toMatchObject({ top: 2 })

    expect(await ground.run(['recipes', 'save', 'brief', '--from', 'last'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^gristmill: cannot save the recipe 'brief': there is one of that name; [^\n]+\n$/),
    })
    expect((await ground.run(['recipes', 'save', 'brief', '--from', 'last', '--force'])).code).toBe(0)
    expect(await ground.json(recipes, ['recipes'])).toMatchObject([{ params: { tokens: 'words', top: 2 } }])
    expect((await ground.run(['recipes', 'remove', 'brief'])).code).toBe(0)
    expect(await ground.json(recipes, ['recipes'])).toEqual([])
  })

  it.each([
    [['run', '@nothing'], "cannot find the recipe 'nothing'"],
    [['recipes', 'save', 'x'], 'a recipe needs a KIND or --from JOB, one of them'],
    [['recipes', 'save', 'x', 'no-such-kind'], 'no-such-kind'],
    [['recipes', 'save', 'x', 'word-count', '-p', 'bottom=1'], "unknown param 'bottom'"],
    [['recipes', 'save', 'x', 'word-count', '-p', 'top=-1'], 'top'],
    [['recipes', 'save', '../x', 'word-count'], 'name'],
    [['recipes', 'remove', 'x'], "cannot find the recipe 'x'; none has been saved yet"],
  ])('gristmill %j is refused in one line', async (args, why) => {
    const refused = await openGround().run(args)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toContain(why)
    expect(refused.stderr.trimEnd()).not.toContain('\n')
  })

  it('doctor finds a home healthy', async () => {
    const ground = openGround()
    await ground.runJob(['no-op', '-p', 'tasks=1'])
    const report = await ground.json(z.looseObject({}), ['doctor'])
    expect(Object.keys(report).length).toBeGreaterThan(3)
  })
})
