import { z } from 'zod'
import type { Part, RunContext, StageAnswer } from '../../contract/run.ts'
import { inputOf } from '../../datasets/bytes/read.ts'
import type { PlacedSegment } from '../../datasets/shuffle/directory.ts'
import { readSegment } from '../../datasets/shuffle/readSegment.ts'
import { tableOf } from '../../datasets/table/context.ts'
import { caseProofName, foldedName, partitionName } from '../../datasets/table/partitionNames.ts'
import { PackWriter } from '../../datasets/write/pack.ts'
import { type ConvertParams, fileName } from './kind.ts'
import { RecordCursor } from './keyedRecord.ts'
import { checkCount, partitionColumn } from './partition.ts'
import type { PartitionFile, RowForm } from './rowForm.ts'
import { typedColumns } from './types.ts'

/**
 * The rows of a bucket as the files of its folders. The bucket is read once to learn how much each folder has, and then once for each round
 * of folders whose rows fit into memory together; a folder whose rows do not is a round of its own and goes straight into its file.
 */
type Context = RunContext<ConvertParams>

/** Of rows in memory. */
const roundBytes = 16 * 1024 * 1024

interface Folder {
  name: string
  rows: number
  bytes: number
  /** While its round is gathered: where in memory its next row goes. */
  at: number
}
type Folders = ReadonlyMap<string, Folder>

export function group(
  context: Context,
  segments: readonly PlacedSegment[],
  { types, form }: { types: Part | undefined; form: RowForm },
): StageAnswer {
  const bucket = new Bucket(context, segments)
  const folders = measure(bucket, context.params)
  const writer = new PackWriter(context.scratch('pack'))
  const file = form.fileWriter({ context, types, column: partitionColumn(context) }, writer)
  const pack = { writer, file, fileName: fileName('part', context.params) }
  for (const round of roundsOf(folders)) {
    const [only] = round
    if (only !== undefined && only[1].bytes > roundBytes) pour(bucket, only, pack)
    else gatherRound(bucket, new Map(round), pack)
  }
  const rows = [...folders.values()].reduce((sum, folder) => sum + folder.rows, 0)
  const value = { rows, partitions: folders.size, ...columnsOf(context, types) }
  return { value, files: { pack: writer.finish() } }
}

const countedSchema = z.looseObject({ rows: z.int(), partitions: z.int() })

export function countPartitions(parts: readonly Part[], context: Context): StageAnswer {
  const counts = parts.map(({ value }) => countedSchema.parse(value))
  const partitions = counts.reduce((sum, each) => sum + each.partitions, 0)
  checkCount(partitions, context.params)
  const first = z.record(z.string(), z.json()).parse(parts[0]?.value)
  return { value: { ...first, partitions, rows: counts.reduce((sum, { rows }) => sum + rows, 0) } }
}

function columnsOf(context: Context, types: Part | undefined) {
  const names = { columns: tableOf(inputOf(context, 0)).columns.map(({ name }) => name) }
  return types === undefined ? names : { ...names, types: typedColumns(types, context).map(({ kind }) => kind) }
}

class Bucket {
  readonly #context: Context
  readonly #segments: readonly PlacedSegment[]
  readonly #block: Uint8Array

  constructor(context: Context, segments: readonly PlacedSegment[]) {
    this.#context = context
    this.#segments = segments
    this.#block = new Uint8Array(Math.max(0, ...segments.map(({ bytes }) => bytes)))
  }

  /** Visits all records in input order. `isFirst`: what is read counts as progress, later what is done with it. */
  read(isFirst: boolean, visit: (record: RecordCursor) => boolean): void {
    for (const segment of this.#segments) {
      const block = this.#block.subarray(0, segment.bytes)
      readSegment(this.#context, segment, block)
      let rows = 0
      for (const record = new RecordCursor(block); record.next();) if (visit(record)) rows += 1
      this.#context.progress(isFirst ? segment.bytes : 0, rows)
    }
  }
}

/** By value, in the order of the values' bytes. */
function measure(bucket: Bucket, params: ConvertParams): Folders {
  const folders = new Map<string, Folder>()
  bucket.read(true, (record) => {
    const { key, rowBytes } = record
    const folder = folders.get(key)
    if (folder === undefined) folders.set(key, { name: '', rows: 1, bytes: rowBytes, at: 0 })
    else {
      folder.rows += 1
      folder.bytes += rowBytes
    }
    return false
  })
  checkCount(folders.size, params)
  const byValue = [...folders].toSorted(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
  nameFolders(byValue, params.partitionBy ?? '')
  return new Map(byValue)
}

/** Where several names would be one to a file system that does not look at case, each is written so that they are not. */
function nameFolders(folders: readonly [string, Folder][], column: string): void {
  const alike = new Map<string, Folder[]>()
  for (const [value, folder] of folders) {
    folder.name = partitionName({ column, value }) ?? ''
    const folded = foldedName(folder.name)
    alike.set(folded, [...(alike.get(folded) ?? []), folder])
  }
  for (const some of alike.values())
    if (some.length > 1) for (const folder of some) folder.name = caseProofName(folder.name)
}

function* roundsOf(folders: Folders): Generator<[string, Folder][]> {
  let round: [string, Folder][] = []
  let bytes = 0
  for (const entry of folders) {
    if (round.length > 0 && bytes + entry[1].bytes > roundBytes) {
      yield round
      round = []
      bytes = 0
    }
    round.push(entry)
    bytes += entry[1].bytes
  }
  if (round.length > 0) yield round
}

interface Pack {
  writer: PackWriter
  file: PartitionFile
  fileName: string
}

function inFile(pack: Pack, { name, rows }: Folder, fill: () => void): void {
  pack.writer.begin(`${name}/${pack.fileName}`)
  pack.file.begin()
  fill()
  pack.file.end()
  pack.writer.end(rows)
}

function pour(bucket: Bucket, [value, folder]: [string, Folder], pack: Pack): void {
  inFile(pack, folder, () => {
    bucket.read(false, (record) => {
      const isOwn = record.key === value
      if (isOwn) pack.file.rows(record.row)
      return isOwn
    })
  })
}

function gatherRound(bucket: Bucket, folders: Folders, pack: Pack): void {
  let end = 0
  for (const folder of folders.values()) {
    folder.at = end
    end += folder.bytes
  }
  const memory = new Uint8Array(end)
  bucket.read(false, (record) => {
    const folder = folders.get(record.key)
    if (folder === undefined) return false
    memory.set(record.row, folder.at)
    folder.at += record.rowBytes
    return true
  })
  for (const folder of folders.values())
    inFile(pack, folder, () => {
      pack.file.rows(memory.subarray(folder.at - folder.bytes, folder.at))
    })
}
