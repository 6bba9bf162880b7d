import { stat } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import type { Source } from '../../contract/api.ts'
import { type CommandResult, refuse, succeed } from '../../contract/commandError.ts'
import { type Artifact, folderMediaType } from '../../contract/outcome.ts'
import { filesBelow, inNaturalOrder } from './folderFiles.ts'
import type { Place } from './intake.ts'

/**
 * What an earlier job wrote, as inputs of the next one: a file, or all files of a folder by their ways below it (`whole`: itself). What has been replaced
 * since is another's: only what the job wrote goes by its name.
 */
export type ArtifactSource = Extract<Source, { type: 'artifact' }>

const mostFiles = 100_000

export async function artifactPlaces(
  { job, name }: ArtifactSource,
  artifacts: readonly Artifact[],
  whole = false,
): Promise<CommandResult<Place[]>> {
  const found = artifacts.find((each) => each.name === name)
  if (found === undefined)
    return refuse(
      'input-missing',
      `cannot take ${name} of job ${job}: it wrote no such file`,
      artifacts.length === 0 ? 'it wrote none' : `choose one of ${artifacts.map((each) => each.name).join(', ')}`,
    )
  const places = await placesOf(found)
  if (places !== null && sum(places) === found.bytes)
    return succeed(whole ? [{ path: found.path, name, spooled: false }] : places)
  return refuse(
    'input-missing',
    `cannot take ${name} of job ${job}: ${found.path} ${places === null ? 'is no longer there' : 'is another one now'}`,
    'run that job again',
  )
}

interface SizedPlace extends Place {
  bytes: number
}

function sum(places: readonly SizedPlace[]): number {
  return places.reduce((bytes, place) => bytes + place.bytes, 0)
}

/** Null where there is no such file or folder. */
async function placesOf({ path, name, mediaType }: Artifact): Promise<SizedPlace[] | null> {
  if (mediaType !== folderMediaType) {
    const bytes = await sizeOf(path)
    return bytes === null ? null : [{ path, name, bytes, spooled: false }]
  }
  const files = await filesBelow(path, mostFiles).catch(nullWhereMissing)
  if (files === null) return null
  const ways = inNaturalOrder(files.map((file) => ({ file, way: relative(path, file).split(sep) })))
  const places: SizedPlace[] = []
  for (const { file, way } of ways)
    places.push({ path: file, name: [name, ...way].join('/'), bytes: (await sizeOf(file)) ?? 0, spooled: false })
  return places
}

async function sizeOf(path: string): Promise<number | null> {
  return (await stat(path).catch(nullWhereMissing))?.size ?? null
}

function nullWhereMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
  throw error
}
