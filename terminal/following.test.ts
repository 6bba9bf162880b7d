import { createRouterClient, implement } from '@orpc/server'
import { expect, test } from 'vitest'
import { api, type Delta } from '../contract/api.ts'
import { briefOf } from '../contract/jobBrief.ts'
import type { JobSummary } from '../contract/job.ts'
import type { JobState } from '../contract/transitions.ts'
import { sampleJob } from './fixtures/sampleJob.ts'
import { followJob, type FollowedHost } from './following.ts'

const os = implement({ host: { watch: api.host.watch } })

function hostSaying(deltas: Partial<Delta>[]): FollowedHost {
  const router = os.router({
    host: {
      watch: os.host.watch.handler(async function* () {
        for (const [sequence, delta] of deltas.entries())
          yield { sequence, whole: false, jobs: [], removed: [], workers: [], ...delta }
      }),
    },
  })
  return createRouterClient(router)
}

/** Follows `mine`, which the ledger has in this state, at a host that says these deltas. */
function follow(deltas: Partial<Delta>[], state: JobState, show: (state: string) => void = () => {}) {
  const following = { job: 'mine', show: ({ job }: JobSummary) => show(job.state), readState: async () => state }
  return followJob(hostSaying(deltas), following)
}

const about = (id: string, state: JobState) => ({ job: briefOf(sampleJob({ id, state })), progress: null, version: 1 })

test('a job is shown until it is over, and other jobs are not', async () => {
  const shown: string[] = []
  const over = await follow(
    [
      { whole: true, jobs: [about('mine', 'running'), about('other', 'failed')] },
      {},
      { jobs: [about('mine', 'succeeded')] },
    ],
    'succeeded',
    (state) => shown.push(state),
  )
  expect(shown).toEqual(['running', 'succeeded'])
  expect(over).toBe(true)
})

test('a job that was over before the watching began is found in the ledger', async () => {
  expect(await follow([{ whole: true }], 'failed')).toBe(true)
})

test('a host that ends first leaves the question open', async () => {
  expect(await follow([{ whole: true, jobs: [about('mine', 'running')] }], 'running')).toBe(false)
})

test('a job that is removed meanwhile cannot be waited for', async () => {
  const following = follow([{ whole: true, jobs: [about('mine', 'paused')] }, { removed: ['mine'] }], 'paused')
  await expect(following).rejects.toThrow('was removed while it was waited for')
})
