import { stat } from 'node:fs/promises'
import type { Shell } from 'electron'
import { refuse, succeed, type CommandResult } from '../contract/commandError.ts'
import type { JobDocument } from '../contract/job.ts'
import { type Artifact, folderMediaType } from '../contract/outcome.ts'

/** Shows and opens artifacts. The page names a job and an artifact; where it lies is what the ledger says. */
export interface Naming {
  job: string
  name: string
}
/** What is asked of the API, for a person: a page's answer has no paths. */
interface Client {
  jobs: {
    get(input: { job: string }): Promise<CommandResult<{ document: Pick<JobDocument, 'artifacts'> }>>
  }
}

/** What a viewer opens. Anything that the system might run is shown in its folder only. */
const documents =
  /^(text\/(plain|csv|tab-separated-values|markdown)|application\/(json|x-ndjson|jsonl)|image\/(png|jpeg)|inode\/directory)\b/

export async function revealArtifact(
  client: Client,
  naming: Naming,
  shell: Pick<Shell, 'showItemInFolder'>,
): Promise<CommandResult<null>> {
  const found = await find(client, naming)
  if (!found.ok) return found
  shell.showItemInFolder(found.value.path)
  return succeed(null)
}

export async function openArtifact(
  client: Client,
  naming: Naming,
  shell: Pick<Shell, 'openPath'>,
): Promise<CommandResult<null>> {
  const found = await find(client, naming)
  if (!found.ok) return found
  const { path, name, mediaType } = found.value
  if (!documents.test(mediaType))
    return refuse('not-allowed', `cannot open ${name}: ${mediaType} is no document`, 'show it in its folder')
  const reason = await shell.openPath(path)
  return reason === ''
    ? succeed(null)
    : refuse('unavailable', `cannot open ${name}: ${reason}`, 'show it in its folder')
}

async function find(client: Client, { job, name }: Naming): Promise<CommandResult<Artifact>> {
  const read = await client.jobs.get({ job })
  if (!read.ok) return read
  const artifact = read.value.document.artifacts.find((one) => one.name === name)
  if (artifact === undefined) return refuse('input-missing', `job ${job} has no artifact ${name}`)
  const found = await stat(artifact.path).catch(() => null)
  const isThere = artifact.mediaType === folderMediaType ? found?.isDirectory() : found?.isFile()
  return isThere === true
    ? succeed(artifact)
    : refuse('input-missing', `${name} is not where the job wrote it any more`)
}
