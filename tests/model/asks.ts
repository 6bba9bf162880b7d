import fc from 'fast-check'
import { expect } from 'vitest'
import type { JobRequest } from '../../contract/api.ts'
import type { CommandResult } from '../../contract/commandError.ts'
import type { JobSummary } from '../../contract/job.ts'
import { finalJobStates } from '../../contract/transitions.ts'
import { Happening } from './happening.ts'
import type { SeenJob } from './look.ts'
import { answersTo, type Person, type Verb, verbs } from './person.ts'
import type { World } from './world.ts'

/** What a person asks of a host, by the same calls that every client makes. An answer that comes tells what is on record by then. */

const perTask = fc.option(fc.integer({ min: 1, max: 5 }))
const cells = fc.integer({ min: 0, max: 20 })
const wishes = fc.oneof(
  fc.record({
    kind: fc.constantFrom('model-letters', 'model-brackets', 'model-lines', 'model-lines'),
    params: fc.record({ cells, perTask }),
  }),
  fc.record({ kind: fc.constant('model-tree'), params: fc.record({ depth: fc.integer({ min: 0, max: 3 }) }) }),
  fc.record({
    kind: fc.constant('model-outside'),
    params: fc.record({ cells, perTask, rerunUnknown: fc.boolean() }),
  }),
)
const requests: fc.Arbitrary<JobRequest> = fc
  .tuple(wishes, fc.option(fc.integer({ min: 1, max: 4 })), fc.integer({ min: -1, max: 1 }))
  .map(([wish, workers, priority]) => ({ ...wish, sources: [], priority, ...(workers === null ? {} : { workers }) }))

/** Waits for the answer, unless the disk keeps it back: then whoever goes on with the world waits for it. */
async function ask<T>(world: World, call: Promise<T>, hear: (answer: T) => void): Promise<void> {
  const heard = call.then(hear)
  world.pending.push(heard)
  await world.settle()
}

/** The answer's state is the ledger's. */
function expectOnRecord(world: World, answer: CommandResult<{ job: JobSummary }>): void {
  if (!answer.ok) return
  const { id, state } = answer.value.job.job
  expect(world.look.jobs().find((job) => job.id === id)?.state).toBe(state)
}

const submits = requests.map(
  (request) =>
    new Happening(`submit ${JSON.stringify(request)}`, async (person, world) => {
      person.most += 1
      await ask(world, world.life.client.jobs.submit(request), (answer) => {
        person.least += 1
        expect(answer).toMatchObject({ ok: true })
        expectOnRecord(world, answer)
      })
    }),
)

function toJob(name: string, act: (job: SeenJob, person: Person, world: World) => Promise<void>) {
  return fc.nat(1000).map(
    (which) =>
      new Happening(`${name} #${which}`, async (person, world) => {
        const jobs = world.look.jobs()
        const job = jobs[which % Math.max(1, jobs.length)]
        if (job !== undefined) await act(job, person, world)
      }),
  )
}

const steers = verbs.map((verb) =>
  toJob(verb, async (job, _, world) => {
    const expected = world.held ? null : (answersTo(verb, job.state) ?? 'refused')
    await ask(world, steer(world, verb, job.id), (answer) => {
      if (expected === 'refused') expect(answer).toMatchObject({ ok: false, error: { code: 'wrong-state' } })
      else if (expected !== null)
        expect(answer.ok ? expected : [answer]).toContain(answer.ok && answer.value.job.job.state)
      if (expected !== null) expectOnRecord(world, answer)
    })
  }),
)

function steer(world: World, verb: Verb, job: string): Promise<CommandResult<{ job: JobSummary }>> {
  return world.life.client.jobs[verb]({ job })
}

const retries = toJob('retry', async (job, person, world) => {
  const held = world.held
  const isAllowed = job.state === 'failed' || job.state === 'cancelled'
  if (held || isAllowed) {
    person.reopens(job.id)
    world.allowAgain(job.id)
  }
  await ask(world, world.life.client.jobs.retry({ job: job.id }), (answer) => {
    person.reopened(job.id)
    if (!held) expect(answer.ok).toBe(isAllowed)
    if (!held) expectOnRecord(world, answer)
  })
})

const reruns = toJob('rerun', async (job, person, world) => {
  person.most += 1
  await ask(world, world.life.client.jobs.rerun({ job: job.id }), (answer) => {
    if (answer.ok) person.least += 1
    else person.most -= 1
    // The job may have been removed in the meantime.
    if (!world.held) expect(answer.ok || answer.error.code === 'unknown-job').toBe(true)
  })
})

const removes = toJob('remove', async (job, person, world) => {
  const held = world.held
  person.least -= 1
  await ask(world, world.life.client.jobs.remove({ job: job.id }), (answer) => {
    if (answer.ok) person.most -= 1
    else person.least += 1
    if (!held) expect(answer.ok).toBe(finalJobStates.has(job.state))
  })
})

export const asks: readonly fc.Arbitrary<Happening>[] = [submits, submits, ...steers, retries, reruns, removes]
