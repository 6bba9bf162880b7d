import type { Column, ColumnType, Table, TableWishes } from '../../contract/table.ts'
import { wished } from '../csv/describe.ts'
import type { Head } from '../csv/sniff.ts'
import { type Notation, columnType, notationOf } from '../sniff/values.ts'
import { type Described, commonOf, notesOnDates, previewRows } from '../table/described.ts'
import { ElementFinder } from './elements.ts'
import { type Member, NameTree, textOf, visitMembers } from './members.ts'
import { BadJson, skipSpace, valueEnd } from './scan.ts'
import { unescapeInto } from './unescape.ts'

/** JSON as a table, told from samples: its columns are all names met in them, nested ones by their path. Pure. */
/** `text` null for a null: the name counts, the value does not. */
interface Value {
  text: string | null
  kind: Member['kind']
}
type SampleRow = Map<string, Value>

const sampleRows = 1000

/** `lines`: an object to a line. `array`: one array of objects. Null for what is neither. */
export function jsonForm({ bytes, isWhole }: Head): 'lines' | 'array' | null {
  const start = skipSpace(bytes, 0, bytes.length)
  if (bytes[start] === 0x5b) {
    const inside = skipSpace(bytes, start + 1, bytes.length)
    return bytes[inside] === 0x7b || (bytes[inside] === 0x5d && isWhole) ? 'array' : null
  }
  if (bytes[start] !== 0x7b) return null
  const end = endOfLine(bytes, start)
  if (end < 0 && !isWhole) return null
  return isValue(bytes.subarray(start, end < 0 ? bytes.length : end)) ? 'lines' : null
}

/** `later` are samples from other places of the text, which may begin and end inside a line. */
export function describeJsonLines(head: Head, later: readonly Buffer[], wishes: TableWishes): Described {
  const lines = linesOf(head.bytes, head.isWhole)
  const flatten = wishes.flatten ?? true
  const rows = lines.map((line) => rowOf(line.bytes, flatten))
  const others = later.flatMap((sample) => linesOf(sample, false).slice(1)).map((line) => rowOf(line.bytes, flatten))
  const end = lines.at(-1)?.end ?? 0
  const isAll = head.isWhole && end >= head.bytes.length
  return {
    ...tableOf({ format: 'jsonl', dataStart: 0 }, { rows, others }, wishes),
    estimatedRows: { rows: isAll ? lines.length : null, perByte: end > 0 ? lines.length / end : null },
  }
}

export function describeJsonArray({ bytes, isWhole }: Head, wishes: TableWishes): Described {
  const dataStart = skipSpace(bytes, 0, bytes.length) + 1
  const finder = new ElementFinder()
  const elements = finder.find(bytes.subarray(dataStart))
  const rows = Array.from({ length: Math.min(sampleRows, elements.records) }, (_, record) =>
    rowOf(
      bytes.subarray(
        dataStart + (elements.recordStarts[record] ?? 0),
        dataStart + (elements.recordStarts[record + 1] ?? 0),
      ),
      wishes.flatten ?? true,
    ),
  )
  const isAll = isWhole && dataStart + elements.end === bytes.length
  const perByte = elements.records / Math.max(1, elements.end)
  const found = tableOf({ format: 'json', dataStart }, { rows, others: [] }, wishes)
  return {
    ...found,
    estimatedRows: { rows: isAll ? elements.records : null, perByte },
    notes: [...found.notes, 'an array is read by one worker; lines of objects are read by all'],
  }
}

interface Samples {
  rows: readonly SampleRow[]
  /** For columns that the first rows do not have. */
  others: readonly SampleRow[]
}

function tableOf(
  what: Pick<Table, 'format' | 'dataStart'>,
  { rows, others }: Samples,
  wishes: TableWishes,
): Pick<Described, 'table' | 'rows' | 'notes'> {
  const all = [...rows, ...others]
  const names = [...new Set(all.flatMap((row) => [...row.keys()]))]
  const texts = all.flatMap((row) =>
    [...row.values()].flatMap(({ text, kind }) => (kind === 'text' && text !== null ? [text] : [])),
  )
  const notation = { ...notationOf(texts, null), ...wished(wishes), decimal: '.', thousands: '' } as const
  const columns = names.map((name): Column => ({
    name,
    type: typeOfColumn(
      all.flatMap((row) => row.get(name) ?? []),
      notation,
    ),
  }))
  const values = rows.map((row) => names.map((name) => row.get(name)?.text ?? null))
  return {
    table: { ...commonOf(wishes), ...notation, ...what, dialect: null, columns },
    rows: previewRows(values),
    notes: notesOnDates({ columns }, values),
  }
}

/** A number in quotes is text. */
function typeOfColumn(values: readonly Value[], notation: Notation): ColumnType {
  const type = columnType(
    values.flatMap(({ text }) => text ?? []),
    notation,
  )
  const isNumber = type === 'integer' || type === 'decimal' || type === 'boolean'
  return isNumber && values.some(({ kind }) => kind === 'text') ? 'text' : type
}

/** What it has of a row; nothing where it is no object. */
function rowOf(bytes: Buffer, flatten: boolean): SampleRow {
  const row: SampleRow = new Map()
  const from = skipSpace(bytes, 0, bytes.length)
  if (bytes[from] !== 0x7b) return row
  const visit = (member: Member, { path }: NameTree) => {
    row.set(path, { text: member.kind === 'null' ? null : valueText(bytes, member), kind: member.kind })
  }
  try {
    visitMembers(
      from,
      { bytes, to: bytes.length, flatten, columns: new Map(), visit },
      { tree: new NameTree(), depth: 0 },
    )
  } catch (error) {
    if (!(error instanceof BadJson)) throw error
    return new Map()
  }
  return row
}

function valueText(bytes: Buffer, { start, end, isEscaped }: Member): string {
  if (!isEscaped) return textOf(bytes, start, end)
  const copy = Buffer.alloc(2 * (end - start))
  bytes.copy(copy, 0, start, end)
  return textOf(copy, end - start, unescapeInto(copy, { start: 0, end: end - start }, end - start))
}

interface Line {
  bytes: Buffer
  end: number
}

/** The first lines that are complete and have something on them. */
function linesOf(bytes: Buffer, isWhole: boolean): Line[] {
  const lines: Line[] = []
  for (let at = 0; at < bytes.length && lines.length < sampleRows;) {
    const end = endOfLine(bytes, at)
    if (end < 0 && !isWhole) break
    const stop = end < 0 ? bytes.length : end
    if (skipSpace(bytes, at, stop) < stop) lines.push({ bytes: bytes.subarray(at, stop), end: stop + 1 })
    at = stop + 1
  }
  return lines
}

function endOfLine(bytes: Buffer, from: number): number {
  const feed = bytes.indexOf(10, from)
  const back = bytes.indexOf(13, from)
  return feed < 0 || back < 0 ? Math.max(feed, back) : Math.min(feed, back)
}

function isValue(bytes: Buffer): boolean {
  try {
    return skipSpace(bytes, valueEnd(bytes, 0, { to: bytes.length }), bytes.length) === bytes.length
  } catch (error) {
    if (error instanceof BadJson) return false
    throw error
  }
}
