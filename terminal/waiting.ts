import { realpath } from 'node:fs/promises'
import type { Job } from '../contract/job.ts'
import { finalJobStates } from '../contract/transitions.ts'

/** What an unfinished job's tasks wait for, as the host that has it says; null where none runs or nothing holds them up. */
export async function waitOf(home: string, { id, state }: Pick<Job, 'id' | 'state'>): Promise<string | null> {
  if (finalJobStates.has(state)) return null
  const { homePaths } = await import('../master/host/home.ts')
  const { tryHost } = await import('../master/host/client.ts')
  const reached = await tryHost(homePaths(await realpath(home)).socket)
  if (reached?.ok !== true) return null
  try {
    const found = await reached.value.client.jobs.get({ job: id })
    return found.ok ? (found.value.progress?.waitingFor ?? null) : null
  } finally {
    reached.value.close()
  }
}
