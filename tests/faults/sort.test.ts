import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jobDocumentSchema, type Task } from '../../contract/job.ts'
import { chanceOf } from '../harness/chance.ts'
import { openGround, type Ground } from '../process/gristmill.ts'
import { expectSameBytes } from '../process/layouts.ts'
import { makeText } from '../process/texts.ts'
import { expectKept, expectSoundLedger, isCommitted } from './ledger.ts'
import { freeze } from './moment.ts'

/** Plans of several stages that hand scratch files on, and plans of many sub-plans, on real processes that are killed. */

const text = makeText(chanceOf(11), 3 * 1024 * 1024)

function gnuSort(path: string): Buffer {
  return execFileSync('sort', ['-s', path], { env: { ...process.env, LC_ALL: 'C' }, maxBuffer: 2 ** 30 })
}

function openSort(plan: string): { ground: Ground; path: string; args: string[] } {
  const ground = openGround()
  const path = ground.file('text.txt', text)
  const params = ['-p', `plan=${plan}`, '-p', 'bucketBytes=65536']
  return { ground, path, args: ['sort', path, ...params, '--workers', '2', '--split', '64K', '--out', 'sorted'] }
}

/** The next host ends the job with the bytes of GNU sort, and does nothing again that was committed. */
async function expectSorted(
  { ground, path }: { ground: Ground; path: string },
  before: readonly Task[],
): Promise<void> {
  const { artifacts } = await ground.json(jobDocumentSchema, ['wait', 'last'])
  expectKept(before, await ground.tasks())
  expectSameBytes(readFileSync(artifacts[0]!.path), gnuSort(path), 'after the kill')
  expect(ground.filesIn(join(ground.cwd, 'sorted'))).toEqual(['sorted.txt'])
  await expectSoundLedger(ground)
  await ground.untilEmpty()
}

const places = [
  { plan: 'shuffle', stage: 'partition', committed: 3 },
  { plan: 'shuffle', stage: 'gather', committed: 1 },
  { plan: 'shuffle', stage: 'sortBucket', committed: 5 },
  { plan: 'shuffle', stage: 'write', committed: 0 },
  { plan: 'recursive', stage: 'sortCells', committed: 5 },
  { plan: 'recursive', stage: 'mergeHalves', committed: 1 },
  { plan: 'recursive', stage: 'mergeHalves', committed: 20 },
]

describe('a sort whose host is killed', () => {
  it.each(places)(
    'in $stage by $plan after $committed, comes to the same bytes',
    async ({ plan, stage, committed }) => {
      const sort = openSort(plan)
      const { ground, args } = sort
      const host = ground.start(['run', ...args, '--json'])
      const there = (tasks: Task[]) => {
        const mine = tasks.filter((task) => task.stage === stage)
        return mine.length > committed && mine.filter(isCommitted).length >= committed
      }
      const before = await freeze(ground, { host: host.pid, stop: 'host', also: there })
      host.kill('SIGKILL')
      await host.ended
      await ground.untilEmpty('the workers of a killed host to end by themselves')
      await expectSorted(sort, before)
    },
  )
})

describe('a sort whose scratch files are lost', () => {
  it.each([
    { plan: 'shuffle', stage: 'sortBucket', lost: 'partition' },
    { plan: 'shuffle', stage: 'sortBucket', lost: 'directory' },
    { plan: 'shuffle', stage: 'sortBucket', lost: 'splitters' },
    { plan: 'recursive', stage: 'mergeHalves', lost: 'sorted' },
  ])('of $lost in $stage makes them again while it runs', async ({ plan, stage, lost }) => {
    const { ground, path, args } = openSort(plan)
    const host = ground.start(['run', ...args, '--json'])
    const there = (tasks: Task[]) => tasks.some((task) => task.stage === stage && isCommitted(task))
    await freeze(ground, { host: host.pid, stop: 'host', also: there })
    const scratch = join(ground.home, 'scratch')
    const files = ground.filesIn(scratch).filter((file) => file.endsWith(`.${lost}`))
    expect(files.length).toBeGreaterThan(0)
    // All but the newest, which may not be committed.
    for (const file of files.length === 1 ? files : files.slice(0, -1)) rmSync(join(scratch, file))
    process.kill(host.pid, 'SIGCONT')
    const ended = await host.ended
    expect(ended).toMatchObject({ code: 0 })
    expectSameBytes(readFileSync(join(ground.cwd, 'sorted/sorted.txt')), gnuSort(path), `without ${lost}`)
    await expectSoundLedger(ground)
    await ground.untilEmpty()
  })
})
