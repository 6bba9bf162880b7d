import type { Input, Inspection } from '../../contract/dataset.ts'
import type { Table, TableWishes } from '../../contract/table.ts'
import { describeCsv } from '../csv/describe.ts'
import type { Head } from '../csv/sniff.ts'
import { describeJsonArray, describeJsonLines, jsonForm } from '../json/describe.ts'
import { encodingOf, isBinary } from '../sniff/encoding.ts'
import { compressionOf, inspectCompressed } from '../stream/inspectCompressed.ts'
import { sourceBytes } from '../stream/text.ts'
import { decoded } from '../stream/transcode.ts'
import type { Described } from './described.ts'

/** What an input is as a table, from its samples: the part of `inspect` that knows formats. */
export interface InputFile {
  fd: number
  path: string
  bytes: number
  cellBytes: number
  /** From byte 0 on. */
  head: Buffer
  /** From its middle and its end. */
  later: readonly Buffer[]
}

export interface InspectedTable {
  /** `cellEnds` of formats that have cells of their own. */
  input: Pick<Input, 'table' | 'cellEnds'>
  sample: NonNullable<Inspection['sample']>
}

/** Null for what is no table. */
export async function inspectTable(file: InputFile, wishes: TableWishes): Promise<InspectedTable | null> {
  const own = await inspectOwnForm(file, wishes)
  if (own !== null) return own
  if (isZip(file.head)) return null
  const compression = compressionOf(file.head)
  if (compression === null)
    return inCells(inspectText({ ...file, isWhole: file.head.length === file.bytes }, wishes), file.bytes)
  const inside = await inspectCompressed(file, compression)
  const found = inspectText(inside.text, wishes)
  if (found?.input.table === undefined) return null
  const table = { ...found.input.table, compression }
  const sample = { ...found.sample, notes: [...found.sample.notes, ...inside.notes] }
  return inCells({ input: { table, cellEnds: await inside.cellEnds(table.dataStart) }, sample }, file.bytes)
}

/** An array is one cell: where its elements end is known only to who has read all that is before. */
function inCells(found: InspectedTable | null, bytes: number): InspectedTable | null {
  return found?.input.table?.format === 'json' ? { ...found, input: { ...found.input, cellEnds: [bytes] } } : found
}

/** Formats with libraries of their own, which are loaded when they are first needed. */
async function inspectOwnForm(file: InputFile, wishes: TableWishes): Promise<InspectedTable | null> {
  const mark = file.head.toString('latin1', 0, 16)
  if (mark.startsWith('PAR1'))
    return ofItsOwn(await (await import('../parquet/describe.ts')).describeParquet(file, wishes))
  if (mark === 'SQLite format 3\0')
    return ofItsOwn(await (await import('../sqlite/describe.ts')).describeSqlite(file, wishes))
  if (!isZip(file.head)) return null
  const workbook = await (await import('../xlsx/describe.ts')).describeXlsx(file, wishes)
  return workbook === null ? null : ofItsOwn(workbook)
}

function isZip(head: Buffer): boolean {
  return head.toString('latin1', 0, 4) === 'PK\x03\x04'
}

/** A format that knows its own places and cells. */
function ofItsOwn({
  table,
  cellEnds,
  rows,
  estimatedRows,
  notes,
}: Described & Pick<Input, 'cellEnds'>): InspectedTable {
  return {
    input: { table, ...(cellEnds === undefined ? {} : { cellEnds }) },
    sample: { rows, estimatedRows: estimatedRows.rows, notes },
  }
}

/** Samples of a text in its own encoding; `bytes` may be an estimate. */
export interface TextSamples {
  head: Buffer
  later: readonly Buffer[]
  bytes: number
  isWhole: boolean
}

function inspectText(samples: TextSamples, wishes: TableWishes): InspectedTable | null {
  const encoding = wishes.encoding ?? tableEncoding(samples)
  if (encoding === null) return null
  const mark = markBytes(samples.head, encoding)
  const head: Head = { bytes: decoded(samples.head.subarray(mark), encoding), isWhole: samples.isWhole }
  return placed(describeText(head, samples, wishes), { head, encoding, mark, bytes: samples.bytes })
}

function describeText(head: Head, { later }: TextSamples, wishes: TableWishes): Described {
  const form = wishes.delimiter === undefined ? jsonForm(head) : null
  if (form === 'lines') return describeJsonLines(head, later, wishes)
  return form === 'array' ? describeJsonArray(head, wishes) : describeCsv(head, wishes)
}

function tableEncoding({ head, later }: TextSamples): Table['encoding'] | null {
  const encoding = encodingOf(head, later)
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return encoding
  if (isBinary(encoding, [head, ...later])) return unmarkedUtf16(head)
  return encoding === 'unknown' ? 'latin-1' : 'utf-8'
}

/** Text mostly of ASCII has a zero in every other byte. */
function unmarkedUtf16(head: Buffer): Table['encoding'] | null {
  const zeros = [0, 0]
  for (const [index, byte] of head.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros.map((count) => count / Math.max(1, head.length / 2))
  if (odd > 0.7 && even < 0.05) return 'utf-16le'
  return even > 0.7 && odd < 0.05 ? 'utf-16be' : null
}

interface Place {
  head: Head
  encoding: Table['encoding']
  mark: number
  /** Of the whole text. */
  bytes: number
}

/** What was told of decoded text becomes true of its source. */
function placed(
  { table, rows, estimatedRows, notes }: Described,
  { head, encoding, mark, bytes }: Place,
): InspectedTable {
  const dataStart = mark + sourceBytes({ encoding }, head.bytes.subarray(0, table.dataStart))
  const perSourceByte = head.bytes.length / Math.max(1, sourceBytes({ encoding }, head.bytes))
  const { rows: exact, perByte } = estimatedRows
  const guessed = perByte === null ? null : Math.round(perByte * perSourceByte * (bytes - dataStart))
  return {
    input: { table: { ...table, encoding, dataStart } },
    sample: { estimatedRows: exact ?? guessed, rows, notes },
  }
}

function markBytes(head: Buffer, encoding: Table['encoding']): number {
  if (encoding === 'utf-8') return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0
  const [first, second] = encoding === 'utf-16le' ? [0xff, 0xfe] : [0xfe, 0xff]
  return encoding !== 'latin-1' && head[0] === first && head[1] === second ? 2 : 0
}
