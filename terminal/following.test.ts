import { createRouterClient, implement } from '@orpc/server'
import { expect, test } from 'vitest'
import { api, type Delta } from '../contract/api.ts'
import { succeed } from '../contract/commandError.ts'
import type { JobState } from '../contract/transitions.ts'
import { sampleJob } from './fixtures/sampleJob.ts'
import { followJob, type FollowedHost } from './following.ts'

const os = implement({ host: { watch: api.host.watch }, jobs: { get: api.jobs.get } })

/** A host that says these deltas, and whose ledger has the job in this state. */
function hostSaying(deltas: Partial<Delta>[], state: JobState): FollowedHost {
  const empty = { partial: null, events: [], shares: [], samples: [], failures: [], stages: [] }
  const document = { job: sampleJob({ id: 'mine', state }), result: null, artifacts: [] }
  const router = os.router({
    host: {
      watch: os.host.watch.handler(async function* () {
        for (const [sequence, delta] of deltas.entries())
          yield { sequence, whole: false, jobs: [], removed: [], workers: [], ...delta }
      }),
    },
    jobs: { get: os.jobs.get.handler(() => succeed({ document, progress: null, version: 1, ...empty })) },
  })
  return createRouterClient(router)
}

const about = (id: string, state: JobState) => ({ job: sampleJob({ id, state }), progress: null, version: 1 })

test('a job is shown until it is over, and other jobs are not', async () => {
  const shown: string[] = []
  const client = hostSaying(
    [
      { whole: true, jobs: [about('mine', 'running'), about('other', 'failed')] },
      {},
      { jobs: [about('mine', 'succeeded')] },
    ],
    'succeeded',
  )
  const detail = await followJob(client, 'mine', ({ job }) => shown.push(job.state))
  expect(shown).toEqual(['running', 'succeeded'])
  expect(detail?.document.job.state).toBe('succeeded')
})

test('a job that was over before the watching began is found in the ledger', async () => {
  const detail = await followJob(hostSaying([{ whole: true }], 'failed'), 'mine', () => {})
  expect(detail?.document.job.state).toBe('failed')
})

test('a host that ends first leaves the question open', async () => {
  const client = hostSaying([{ whole: true, jobs: [about('mine', 'running')] }], 'running')
  expect(await followJob(client, 'mine', () => {})).toBeUndefined()
})

test('a job that is removed meanwhile cannot be waited for', async () => {
  const client = hostSaying([{ whole: true, jobs: [about('mine', 'paused')] }, { removed: ['mine'] }], 'paused')
  await expect(followJob(client, 'mine', () => {})).rejects.toThrow('was removed while it was waited for')
})
