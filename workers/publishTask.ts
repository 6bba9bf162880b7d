import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import { crashPoint } from '../contract/crashPoint.ts'
import { invariant } from '../contract/invariant.ts'
import { type Artifact, folderMediaType } from '../contract/outcome.ts'
import { PartLost, TaskFailure } from '../contract/run.ts'
import type { TaskOrder, Work } from '../contract/workerMessages.ts'
import type { TaskContext } from './context.ts'
import { publishFolder } from './folderTasks.ts'
import { codeOf, existing, hashOf, identityOf, type NamePlaces, syncFolder } from './naming.ts'

/**
 * A `publish` task: makes an artifact's complete temporary file durable and gives it its final name, in one step that never replaces a
 * file unless `force` says so. It can be repeated after a crash at any point: under the final name stands nothing, the whole file, or
 * what stood there before.
 */
interface Places extends NamePlaces {
  bytes: number
  /** Of all bytes, as the parts' checksums make it. */
  crc32: number
}

export function runPublish(work: Extract<Work, { type: 'publish' }>, order: TaskOrder, context: TaskContext): Artifact {
  const { target, final, bytes, crc32 } = order
  invariant(
    target !== undefined && final !== undefined && bytes !== undefined && crc32 !== undefined,
    `publish task ${order.seq} lacks target, final name, size or checksum`,
  )
  const places = { target, final, bytes, crc32, force: work.force, intent: context.intent() }
  if (work.mediaType === folderMediaType) return publishFolder({ work, order, places }, context)
  const done = isDone(places)
  const sha256 = done ? hashOf(final, context).sha256 : makeDurable(places, context)
  crashPoint('artifact-synced')
  if (!done) place(places)
  crashPoint('artifact-named')
  syncFolder(dirname(final))
  return { name: work.name, path: final, bytes, mediaType: work.mediaType, sha256, rows: order.rows ?? null }
}

/** An earlier attempt got as far as giving the final name: the temporary file is gone, or another name of the same file. */
function isDone({ target, final, bytes, intent }: Places): boolean {
  const temporary = statSync(target, { throwIfNoEntry: false })
  const there = statSync(final, { throwIfNoEntry: false })
  if (there?.isFile() !== true || there.size !== bytes) return false
  if (temporary === undefined) return existsSync(intent) && readFileSync(intent, 'utf8') === identityOf(final)
  if (temporary.ino !== there.ino || temporary.dev !== there.dev) return false
  rmSync(target)
  return true
}

/**
 * Syncs the temporary file and returns its checksum. An artifact of no bytes may never have been written to. What a loss of power took
 * out of the file, whose size may have stayed, is told by the parts' own checksums: then it goes, and is copied again.
 */
function makeDurable({ target, bytes, crc32, intent }: Places, context: TaskContext): string {
  mkdirSync(dirname(target), { recursive: true })
  if (bytes === 0) closeSync(openSync(target, 'a'))
  const size = statSync(target, { throwIfNoEntry: false })?.size
  if (size !== bytes)
    throw new TaskFailure('transient', `cannot publish ${target}: it has ${size ?? 'no'} bytes instead of ${bytes}`)
  const fd = openSync(target, 'r+')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  const found = hashOf(target, context)
  if (found.crc32 === crc32) return found.sha256
  for (const path of [target, intent]) rmSync(path, { force: true })
  throw new PartLost(basename(target), 'what was copied into it is damaged')
}

function place(places: Places): void {
  mkdirSync(dirname(places.final), { recursive: true })
  writeFileSync(places.intent, identityOf(places.target))
  try {
    if (places.force) rename(places)
    else linkInPlace(places)
  } catch (error) {
    rmSync(places.intent, { force: true })
    throw error
  }
}

/** A link fails where a file exists, which a rename would replace. */
function linkInPlace(places: Places): void {
  try {
    linkSync(places.target, places.final)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') throw existing(places.final, error)
    if (code === undefined || !withoutLinks.has(code)) throw error
    // exFAT and some network shares know no links: there a file made in this instant by another program would be replaced.
    if (existsSync(places.final)) throw existing(places.final, error)
    rename(places)
    return
  }
  rmSync(places.target)
}

const withoutLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

function rename(places: Places): void {
  try {
    renameSync(places.target, places.final)
  } catch (error) {
    const code = codeOf(error)
    throw code === 'EISDIR' || code === 'ENOTEMPTY' ? existing(places.final, error) : error
  }
}
