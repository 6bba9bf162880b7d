import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jobDocumentSchema, type JobDocument, type Task } from '../../contract/job.ts'
import { injected } from '../harness/faults.ts'
import { type Ground, openGround } from '../process/gristmill.ts'
import { expectKept, expectSoundLedger } from './ledger.ts'
import { freeze, signalAll } from './moment.ts'

/** Parquet files and folders of files, on real processes that are killed while these are made and given their names. */

const rows = Array.from({ length: 24_000 }, (_, n) => `${n},place ${(n * 7) % 40},${n / 8},"text ${n % 1000}"\n`)
const table = `id,place,eighth,name\n${rows.join('')}`

const shapes = [
  { title: 'a Parquet file', params: ['-p', 'to=parquet'] },
  { title: 'a folder of CSV', params: ['-p', 'to=csv', '-p', 'partitionBy=place', '-p', 'compress=gzip'] },
  { title: 'a folder of Parquet', params: ['-p', 'to=parquet', '-p', 'partitionBy=place'] },
]

interface Conversion {
  ground: Ground
  args: string[]
}

function open(params: readonly string[]): Conversion {
  const ground = openGround()
  const path = ground.file('table.csv', table)
  return { ground, args: ['convert', path, ...params, '--workers', '2', '--split', '64K'] }
}

/** Every file below the folder, and the hash of its bytes. */
function filesOf(ground: Ground, folder: string): Record<string, string> {
  const hash = (file: string) =>
    createHash('sha256')
      .update(readFileSync(join(ground.cwd, folder, file)))
      .digest('hex')
  return Object.fromEntries(ground.filesIn(join(ground.cwd, folder)).map((file) => [file, hash(file)]))
}

/** What was killed comes to the bytes of a run that nobody disturbed, and leaves nothing else. */
async function expectUndisturbed({ ground, args }: Conversion, { job, artifacts }: JobDocument): Promise<void> {
  expect(job.state).toBe('succeeded')
  const undisturbed = await ground.runJob([...args, '--out', 'undisturbed'])
  const files = filesOf(ground, 'out')
  expect(Object.keys(files).length).toBeGreaterThan(0)
  expect(files).toEqual(filesOf(ground, 'undisturbed'))
  expect(artifacts[0]!.sha256).toBe(undisturbed.artifacts[0]!.sha256)
  await expectSoundLedger(ground)
  await ground.untilEmpty()
}

describe.each(shapes)('$title', ({ params }) => {
  it.each(['artifact-copied', 'artifact-synced', 'artifact-named'])(
    'is whole though every worker of a host dies at %s',
    async (point) => {
      const conversion = open(params)
      const { ground, args } = conversion
      await ground.run(['run', ...args, '--out', 'out', '--json'], { env: { GRISTMILL_CRASH_AT: point } })
      injected('a worker is killed')
      await ground.untilEmpty()
      const before = await ground.tasks()
      expect(before.some(({ stage, attempt }) => stage === 'write' && attempt > 1)).toBe(true)
      const { state } = (await ground.show()).job
      const ended = await ground.run([state === 'failed' ? 'retry' : 'wait', 'last'])
      expect(ended, ended.stderr).toMatchObject({ code: 0 })
      await expectUndisturbed(conversion, await ground.show())
    },
  )

  it.each(['encode', 'group', 'write'])('is whole though the host is killed in %s', async (stage) => {
    const conversion = open(params)
    const { ground, args } = conversion
    const host = ground.start(['run', ...args, '--out', 'out', '--json'])
    const stages = stage === 'encode' ? ['encode', 'partition'] : [stage === 'group' ? 'assemble' : stage, stage]
    const there = (tasks: Task[]) => tasks.some((task) => stages.includes(task.stage))
    const before = await freeze(ground, { host: host.pid, stop: 'host', also: there })
    host.kill('SIGKILL')
    injected('a host is killed')
    await host.ended
    await ground.untilEmpty('the workers of a killed host to end by themselves')
    const document = await ground.json(jobDocumentSchema, ['wait', 'last'])
    expectKept(before, await ground.tasks())
    await expectUndisturbed(conversion, document)
  })

  it('is whole though the workers are killed while it is copied', async () => {
    const conversion = open(params)
    const { ground, args } = conversion
    const host = ground.start(['run', ...args, '--out', 'out', '--json'])
    const copying = (tasks: Task[]) => tasks.some(({ stage, state }) => stage === 'write' && state === 'running')
    await freeze(ground, { host: host.pid, stop: 'workers', also: copying })
    signalAll(ground.workersOf(host.pid), 'SIGKILL')
    injected('every worker is killed at once')
    expect(await host.ended).toMatchObject({ code: 0 })
    await expectUndisturbed(conversion, await ground.show())
  })
})
