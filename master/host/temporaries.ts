import { rm } from 'node:fs/promises'
import type { NewJob } from '../../contract/job.ts'
import type { Kind } from '../../contract/kind.ts'
import { rejectsName, rejectsPlace } from './rejectsFile.ts'
import { temporaryArtifact } from './scratch.ts'

/** Removes what a job that has ended left half written beside its artifacts. `out`: where jobs without a folder of their own write. */
export async function removeTemporaries(
  job: Pick<NewJob, 'id' | 'force' | 'outDir' | 'params'>,
  kind: Pick<Kind, 'artifacts' | 'params'>,
  out: string,
): Promise<void> {
  const params = kind.params.safeParse(job.params)
  const names = params.success ? kind.artifacts(params.data) : []
  for (const name of [...names, rejectsName]) {
    const temporary = temporaryArtifact(rejectsPlace(job, out), name)
    if (temporary !== null) await rm(temporary, { recursive: true, force: true })
  }
}
