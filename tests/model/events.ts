import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect } from 'vitest'
import { type FailureCode, failureCodes, type Outcome } from '../../contract/outcome.ts'
import { Crew } from './crew.ts'
import { type Death, type FakeWorker, spent } from './fakeWorker.ts'
import { Happening } from './happening.ts'
import { cores } from './life.ts'
import type { World } from './world.ts'

/** What happens to a host without anybody's asking: work, faults, time. */

const place = fc.nat(1000)
const millis = fc.integer({ min: 1, max: 400 })

function at<T>(list: readonly T[], index: number): T | undefined {
  return list.length === 0 ? undefined : list[index % list.length]
}

/** Does something to one of the workers that are at work; nothing when there is none. */
function toWorker<More>(
  name: string,
  more: fc.Arbitrary<More>,
  act: (worker: FakeWorker, more: More, world: World) => void | Promise<void>,
): fc.Arbitrary<Happening> {
  return fc.tuple(place, more).map(
    ([which, rest]) =>
      new Happening(`${name} #${which} ${JSON.stringify(rest)}`, async (_, world) => {
        const worker = at(world.crew.busy, which)
        if (worker !== undefined) await act(worker, rest, world)
      }),
  )
}

const nothing = fc.constant(null)
const late: Outcome = { type: 'succeeded', answer: { value: 'LATE' }, ...spent(0, 0) }

const finishes = toWorker('worker finishes', millis, (worker, ms, world) => worker.finish(world.clock.now(), ms))

/** A part that is lost is lost in earnest, below. */
const codes = failureCodes.filter((code) => code !== 'part-lost')
const fails = toWorker('worker fails', fc.constantFrom(...codes), (worker, code, world) =>
  failWith({ worker, code, world }),
)
const failsForAWhile = toWorker('worker fails', fc.constantFrom(...passing()), (worker, code, world) =>
  failWith({ worker, code, world }),
)

function passing(): FailureCode[] {
  return ['transient', 'descriptors-short', 'disk-full']
}

function failWith({ worker, code, world }: { worker: FakeWorker; code: FailureCode; world: World }): void {
  const [order] = worker.orders
  if (order === undefined) return
  if (code === 'out-of-memory') world.crew.died(order)
  world.crew.hurt(order)
  worker.answer(order, { type: 'failed', code, message: `it was ${code}`, ...spent(world.clock.now(), 5) })
}

const dies = toWorker('worker dies', fc.constantFrom<Death>(...Crew.deaths), (worker, how) => worker.die(how))
const stops = toWorker('worker is stopped', nothing, async (worker) => {
  await worker.begin()
  worker.stopped = true
})
const sticks = toWorker('worker gets stuck', nothing, async (worker) => {
  await worker.begin()
  worker.stuck = true
})
const wakes = place.map(
  (which) =>
    new Happening(`worker runs again #${which}`, async (_, world) => {
      at(
        world.crew.alive.filter(({ stopped }) => stopped),
        which,
      )?.wake()
    }),
)

/** Of an attempt that has been answered for, or that went down with its worker. */
const saysLate = place.map(
  (which) =>
    new Happening(`late outcome #${which}`, async (_, world) => {
      const told = at(world.crew.past, which)
      told?.worker.answer(told.order, late)
      if (told !== undefined) world.injected.add('a worker says something late or twice')
    }),
)

/** The fence is the store's own: past the engine, too, an old attempt changes nothing. */
const writesLate = fc.tuple(place, place).map(
  ([whichJob, whichTask]) =>
    new Happening(`late outcome written #${whichJob}.${whichTask}`, async (_, world) => {
      const job = at(world.look.jobs(), whichJob)
      const task = job && at(world.look.tasks(job.number).filter(isPast), whichTask)
      if (job === undefined || task === undefined || world.held) return
      const attempt = task.state === 'running' ? task.fence - 1 : task.attempt
      const { bytes, rows, tailRows, ...times } = spent(world.clock.now(), 1)
      const told = { seq: task.seq, attempt, state: 'succeeded' as const, answer: { value: 'LATE' }, rejects: 0 }
      const tasks = [{ ...told, ...times, bytes, rows, tailRows }]
      const [accepted] = await world.life.store.commit([{ type: 'tasksFinished', job: job.number, worker: 1, tasks }])
      expect(accepted).toEqual([false])
    }),
)

function isPast({ state, attempt, fence }: { state: string; attempt: number; fence: number }): boolean {
  return state === 'running' ? fence > 1 : attempt > 0
}

const passes = fc
  .constantFrom(250, 1000, 6000, 12_000)
  .map((ms) => new Happening(`${ms} ms pass`, async (_, world) => await world.pass(ms)))
const sleeps = fc.integer({ min: 3000, max: 1_000_000 }).map(
  (ms) =>
    new Happening(`the machine sleeps ${ms} ms`, async (_, world) => {
      world.clock.sleep(ms)
    }),
)

const holds = fc.constant(new Happening('the disk takes its time', async (_, world) => world.hold()))
const releases = fc.constant(new Happening('the disk goes on', async (_, world) => await world.release()))
const hostDies = fc.boolean().map(
  (written) =>
    new Happening(`host is killed, its last group ${written ? '' : 'not '}written`, async (person, world) => {
      await world.killHost(written)
      person.settleFor(world.look.jobs())
    }),
)
const hostEnds = fc.constant(new Happening('host ends and another opens', async (_, world) => await world.endHost()))

const isHeldBack = fc.option(fc.integer({ min: 0, max: cores - 1 })).map(
  (workers) =>
    new Happening(`work for ${workers ?? 'all'} workers`, async (_, world) => {
      world.life.mill.holdBack(workers === null ? null : { workers, why: 'the model says so' })
    }),
)

/** A file that a task has left goes away. */
const losesPart = fc.tuple(place, place).map(
  ([whichJob, whichFile]) =>
    new Happening(`scratch file is lost #${whichJob}.${whichFile}`, async (_, world) => {
      const job = at(readdirSync(world.paths.scratch), whichJob)
      const folder = job === undefined ? undefined : join(world.paths.scratch, job)
      const files = folder === undefined ? [] : readdirSync(folder).filter((name) => /^\d+\.\d+\./.test(name))
      const file = at(files, whichFile)
      if (folder === undefined || file === undefined) return
      rmSync(join(folder, file))
      world.injected.add('what a task has left is gone')
    }),
)

/** Work is what happens most, so that jobs get somewhere between their misfortunes. */
export const events: readonly fc.Arbitrary<Happening>[] = [
  ...Array.from({ length: 14 }, () => finishes),
  fails,
  failsForAWhile,
  dies,
  dies,
  stops,
  sticks,
  wakes,
  saysLate,
  saysLate,
  writesLate,
  writesLate,
  writesLate,
  passes,
  passes,
  sleeps,
  holds,
  releases,
  releases,
  hostDies,
  hostDies,
  hostEnds,
  isHeldBack,
  losesPart,
]
