import { createHash } from 'node:crypto'
import {
  closeSync,
  constants,
  existsSync,
  fdatasyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { crashPoint } from '../contract/crashPoint.ts'
import { invariant } from '../contract/invariant.ts'
import type { Answer, Artifact, FileRef } from '../contract/outcome.ts'
import { PartLost } from '../contract/run.ts'
import type { TaskOrder, Work } from '../contract/workerMessages.ts'
import { type PackedFile, packedFiles } from '../datasets/write/pack.ts'
import type { TaskContext } from './context.ts'
import { codeOf, existing, type FileHash, hashOf, identityOf, type NamePlaces, syncFolder } from './naming.ts'
import { lostRef } from './scratch.ts'
import { writeAll } from './writeTask.ts'

/**
 * Artifacts that are folders. A `write` task copies the files of packs into a temporary folder, which other workers fill at the same time; it
 * shortens no file, so that it can be repeated even while the folder is being published. The `publish` task looks at every file, and gives
 * the folder its final name by one rename: under it stands nothing, the whole folder, or what stood there before.
 */
const blockBytes = 1024 * 1024

export function runUnpack(order: TaskOrder, context: TaskContext): Answer {
  const { target, copies } = order
  invariant(target !== undefined && copies !== undefined, `write task ${order.seq} has no target or no copies`)
  mkdirSync(target, { recursive: true })
  const block = Buffer.allocUnsafe(blockBytes)
  for (const { from } of copies) {
    unpack(from, { target, block, context })
    context.progress(0, from.rows ?? 0)
  }
  return {}
}

interface Destination {
  target: string
  block: Buffer
  context: TaskContext
}

function unpack(pack: FileRef, to: Destination): void {
  const source = openSync(to.context.path(pack), 'r')
  try {
    const files = packedFiles(to.context, pack)
    for (const file of files) copyFile({ source, pack, file }, to)
    // All after all: the file system then has most of it on its way already.
    for (const { path } of files) sync(join(to.target, path), to.context)
    for (const folder of new Set(files.flatMap(({ path }) => foldersOf(path)))) syncFolder(join(to.target, folder))
  } finally {
    closeSync(source)
  }
}

interface Copied {
  source: number
  pack: FileRef
  file: PackedFile
}

function copyFile({ source, pack, file }: Copied, { target, block, context }: Destination): void {
  const path = join(target, file.path)
  mkdirSync(dirname(path), { recursive: true })
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT)
  try {
    let checksum = 0
    for (let done = 0; done < file.bytes;) {
      const got = readSync(source, block, 0, Math.min(block.length, file.bytes - done), file.offset + done)
      if (got === 0) throw lostRef(pack, `it ends at byte ${file.offset + done}`)
      const bytes = block.subarray(0, got)
      checksum = crc32(bytes, checksum)
      writeAll(fd, bytes, done)
      done += got
      context.progress(got, 0)
      crashPoint('artifact-copied')
    }
    if (checksum !== file.crc32) throw lostRef(pack, `the checksum of ${file.path} is wrong`)
  } finally {
    closeSync(fd)
  }
}

function sync(path: string, context: TaskContext): void {
  const fd = openSync(path, 'r+')
  try {
    fdatasyncSync(fd)
    context.progress(0, 0)
  } finally {
    closeSync(fd)
  }
}

/** `a` and `a/b` of `a/b/c`. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'))
}

interface Publishing {
  work: Extract<Work, { type: 'publish' }>
  order: TaskOrder
  places: NamePlaces
}

export function publishFolder({ work, order, places }: Publishing, context: TaskContext): Artifact {
  const { target, final } = places
  const files = (order.copies ?? []).flatMap(({ from }) => packedFiles(context, from))
  const done = isDone(places)
  if (!done) mkdirSync(target, { recursive: true })
  const sha256 = hashFolder(done ? final : target, files, { context, places })
  if (!done) syncFolder(target)
  crashPoint('artifact-synced')
  if (!done) place(places)
  crashPoint('artifact-named')
  rmSync(asideOf(places), { recursive: true, force: true })
  syncFolder(dirname(final))
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return { name: work.name, path: final, bytes, mediaType: work.mediaType, sha256, rows: order.rows ?? null }
}

/** An earlier attempt got as far as giving the final name. */
function isDone({ target, final, intent }: NamePlaces): boolean {
  if (existsSync(target) || !existsSync(intent) || !existsSync(final)) return false
  return readFileSync(intent, 'utf8') === identityOf(final)
}

/** Every file is what its pack says, or the whole folder is copied again. */
function hashFolder(
  folder: string,
  files: readonly PackedFile[],
  { context, places }: { context: TaskContext; places: NamePlaces },
): string {
  const hash = createHash('sha256')
  const block = Buffer.allocUnsafe(blockBytes)
  for (const { path, bytes, crc32: checksum } of files.toSorted(byPath)) {
    const found = hashOfFile(join(folder, path), context, block)
    if (found?.bytes !== bytes || found.crc32 !== checksum) {
      for (const each of [places.target, places.intent]) rmSync(each, { recursive: true, force: true })
      throw new PartLost(basename(places.target), `${path}, which was copied into it, is damaged`)
    }
    hash.update(`${found.sha256}  ${path}\n`)
  }
  return hash.digest('hex')
}

function hashOfFile(path: string, context: TaskContext, block: Buffer): FileHash | null {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? hashOf(path, context, block) : null
}

function byPath(one: PackedFile, other: PackedFile): number {
  return Buffer.compare(Buffer.from(one.path), Buffer.from(other.path))
}

/** Where a folder that is being replaced stands until the new one has its name. */
function asideOf({ target }: NamePlaces): string {
  return `${target}.old`
}

function place(places: NamePlaces): void {
  const { target, final, force, intent } = places
  mkdirSync(dirname(final), { recursive: true })
  const there = lstatSync(final, { throwIfNoEntry: false })
  if (there !== undefined && !(force && there.isDirectory())) throw existing(final)
  writeFileSync(intent, identityOf(target))
  const aside = asideOf(places)
  if (there !== undefined) {
    rmSync(aside, { recursive: true, force: true })
    renameSync(final, aside)
  }
  try {
    renameSync(target, final)
  } catch (error) {
    rmSync(intent, { force: true })
    if (there !== undefined) renameSync(aside, final)
    const code = codeOf(error)
    throw code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR' ? existing(final, error) : error
  }
}
