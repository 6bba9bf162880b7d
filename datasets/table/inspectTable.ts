import type { Input, Inspection } from '../../contract/dataset.ts'
import type { Table, TableWishes } from '../../contract/table.ts'
import { describeCsv } from '../csv/describe.ts'
import type { Head } from '../csv/sniff.ts'
import { sourceBytes } from '../stream/text.ts'
import { decoded } from '../stream/transcode.ts'
import type { Described } from './described.ts'

/** What an input is as a table, from its samples: the part of `inspect` that knows formats. */
export interface InputFile {
  fd: number
  path: string
  bytes: number
  /** From byte 0 on. */
  head: Buffer
  encoding: Inspection['encoding']
  isBinary: boolean
}

export interface InspectedTable {
  /** `cellEnds` of formats that have cells of their own. */
  input: Pick<Input, 'table' | 'cellEnds'>
  sample: NonNullable<Inspection['sample']>
}

/** Null for what is no table. */
export async function inspectTable(file: InputFile, wishes: TableWishes): Promise<InspectedTable | null> {
  const encoding = wishes.encoding ?? encodingOf(file)
  return encoding === null ? null : inspectText(file, encoding, wishes)
}

function encodingOf({ encoding, isBinary }: InputFile): Table['encoding'] | null {
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return encoding
  if (isBinary) return null
  return encoding === 'unknown' ? 'latin-1' : 'utf-8'
}

function inspectText(file: InputFile, encoding: Table['encoding'], wishes: TableWishes): InspectedTable {
  const mark = markBytes(file.head, encoding)
  const head: Head = {
    bytes: decoded(file.head.subarray(mark), encoding),
    isWhole: file.head.length === file.bytes,
  }
  return placed(describeCsv(head, wishes), { head, encoding, mark, bytes: file.bytes })
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
