import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { crashPoints, type CrashPoint } from '../../contract/crashPoint.ts'
import { jobDocumentSchema } from '../../contract/job.ts'
import { openGround, type Ground } from '../process/gristmill.ts'
import { expectSameBytes } from '../process/layouts.ts'
import { expectKept, expectSoundLedger } from './ledger.ts'
import { injected } from '../harness/faults.ts'

/** Dies at each place at which something was done and not yet recorded, or recorded and not yet done. */

/** Where workers pass; every worker of the armed host dies there, its successors too. */
const inWorkers: ReadonlySet<CrashPoint> = new Set([
  'scratch-written',
  'artifact-copied',
  'artifact-synced',
  'artifact-named',
])

/** Which time a point is passed is the one to die at: neither the first of many, nor one that never comes. */
const times: Partial<Record<CrashPoint, number>> = {
  'plan-made': 2,
  'group-written': 4,
  'step-committed': 4,
  'batch-dispatched': 3,
  'outcome-heard': 3,
  'scratch-written': 2,
}

const args = ['numbers', '-p', 'formula=x / 9', '-p', 'from=1', '-p', 'to=8000', '--workers', '2', '--split', '1000']
const expected = Buffer.from(Array.from({ length: 8000 }, (_, index) => `${(index + 1) / 9}\n`).join(''))

/** What the next host has to do with what is left: nothing, go on, or try again what its workers could not do. */
async function takeUp(ground: Ground): Promise<void> {
  const { state } = (await ground.show()).job
  const ended = await ground.run([state === 'failed' ? 'retry' : 'wait', 'last'])
  expect(ended, ended.stderr).toMatchObject({ code: 0 })
}

/** Struck at by tests of their own: in a host that is told to end (below), in each stage (tables.test.ts), where the ledger is kept (store.test.ts), where indexes are (kept.test.ts). */
const elsewhere: ReadonlySet<CrashPoint> = new Set([
  'task-begun',
  'host-quiet',
  'ledger-moved-aside',
  'ledger-migrated',
  'backup-copied',
  'kept-written',
])

describe('a crash', () => {
  it.each(crashPoints.filter((point) => !elsewhere.has(point)))('at %s loses nothing', async (point) => {
    const ground = openGround()
    const armed = { GRISTMILL_CRASH_AT: `${point}:${times[point] ?? 1}` }
    const ended = await ground.run(['run', ...args, '--out', 'out', '--json'], { env: armed })
    injected('a host is killed between doing and recording')
    await ground.untilEmpty()
    if (!inWorkers.has(point)) expect(ended.signal).toBe('SIGKILL')
    await expectSoundLedger(ground)
    const before = await ground.tasks()
    await takeUp(ground)
    const { job, artifacts, result } = await ground.show()
    expect(job.state).toBe('succeeded')
    expect(result).toMatchObject({ count: 8000, first: Array.from({ length: 20 }, (_, index) => (index + 1) / 9) })
    expectSameBytes(readFileSync(artifacts[0]!.path), expected, point)
    expect(ground.filesIn(join(ground.cwd, 'out'))).toEqual(['numbers.txt'])
    // Of a job that was over, the next host clears away what is left, whatever it is opened for.
    if (point === 'job-ended') await ground.runJob(['no-op', '-p', 'tasks=1'])
    expect(ground.filesIn(join(ground.home, 'scratch'))).toEqual([])
    expectKept(
      before.filter(({ attempt }) => attempt === 1),
      await ground.tasks(job.id),
    )
    if (inWorkers.has(point)) expect(job.attempts).toBeGreaterThan(job.tasks.total)
    await expectSoundLedger(ground)
    await ground.untilEmpty()
  })

  it('of a host that was told to end, at host-quiet, loses nothing', async () => {
    const ground = openGround()
    const armed = { GRISTMILL_CRASH_AT: 'host-quiet' }
    const run = ground.start(['run', 'no-op', '-p', 'tasks=40', '-p', 'ms=50', '--workers', '2'], { env: armed })
    await ground.tasksWhen('a task that is done', (tasks) => tasks.some(({ state }) => state === 'succeeded'))
    run.kill('SIGTERM')
    expect((await run.ended).signal).toBe('SIGKILL')
    await ground.untilEmpty()
    const before = await ground.tasks()
    const { job } = await ground.json(jobDocumentSchema, ['wait', 'last'])
    expect(job.tasks).toMatchObject({ total: 40, succeeded: 40 })
    expectKept(before, await ground.tasks())
    await expectSoundLedger(ground)
  })
})
