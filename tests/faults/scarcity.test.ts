import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jobDocumentSchema, jobEventSchema } from '../../contract/job.ts'
import { jsonOf, openGround, type Ground } from '../process/gristmill.ts'
import { until } from '../process/processes.ts'
import { expectSoundLedger, isCommitted } from './ledger.ts'
import { freeze, signalAll } from './moment.ts'
import { canMount, openSmallDisk } from './smallDisk.ts'
import { injected, notInjected } from '../harness/faults.ts'

/** The disk that a job writes to runs full, while the ledger's own has room: the job waits, says why, and goes on by itself. */

const mib = 1024 ** 2
const terms = 200_000
const numbers = (out: string) => [
  'run',
  'numbers',
  '-p',
  'from=1',
  '-p',
  `to=${terms}`,
  '--workers',
  '2',
  '--split',
  '2000',
  '--out',
  out,
  '--json',
]
const artifact = Buffer.from(Array.from({ length: terms }, (_, index) => `${index + 1}\n`).join(''))

async function story(ground: Ground): Promise<string[]> {
  const asked = await ground.run(['log', 'last', '--json'])
  return asked.code === 0 ? jsonOf(z.array(jobEventSchema), asked).map(({ text }) => text) : []
}

async function untilTold(ground: Ground, words: RegExp): Promise<void> {
  await until(`the story to tell ${words}`, async () => (await story(ground)).some((line) => words.test(line)))
}

// As one skipped test where there can be no such disk: its name stands in tests/skips.json.
if (canMount) describe('the disk that a job writes to', onADiskOfItsOwn)
else {
  notInjected('a task finds its disk full', 'the disk that a job writes to runs short')
  it.skip('faults of a disk of its own, which only root may mount', () => undefined)
}

function onADiskOfItsOwn(): void {
  it('found full by a task is waited for, and nothing is held against the task', async () => {
    const disk = openSmallDisk(mib)
    const ground = openGround()
    const run = ground.start(numbers(join(disk.ground.home, 'out')))
    await untilTold(ground, /^Held back: a disk was full when a task wrote/)
    injected('a task finds its disk full')
    expect(await story(ground)).toContainEqual(
      expect.stringMatching(/^This may need \d+ MB of disk, and the disk of .* has room for \d MB: should it run full/),
    )
    // It would wait for ever: the whole disk is too small.
    run.kill('SIGINT')
    expect((await run.ended).code).toBe(130)
    expect((await ground.show()).job.tasks.failed).toBe(0)
    expect(disk.ground.filesIn(disk.ground.home)).toEqual([])
  })

  it('a disk that others fill in the midst of a job quiets the fleet; with room again the job goes on', async () => {
    const disk = openSmallDisk(8 * mib)
    const ground = openGround()
    const out = join(disk.ground.home, 'out')
    const run = ground.start(numbers(out))
    await freeze(ground, { host: run.pid, stop: 'workers' })
    disk.fill()
    injected('the disk that a job writes to runs short')
    signalAll(ground.workersOf(run.pid), 'SIGCONT')
    await untilTold(ground, /^Held back: .*disk/)
    disk.free()
    const ended = await run.ended
    expect(ended.code).toBe(0)
    const { job, artifacts } = jsonOf(jobDocumentSchema, ended)
    expect(job.tasks).toMatchObject({ failed: 0, unfinished: 0 })
    expect(readFileSync(artifacts[0]!.path).equals(artifact)).toBe(true)
    expect(disk.ground.filesIn(out)).toEqual(['numbers.txt'])
    expect((await ground.tasks()).every(isCommitted)).toBe(true)
    expect(await story(ground)).toContain('Every worker gets work again.')
    await expectSoundLedger(ground)
  })
}
