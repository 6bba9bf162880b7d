import type { Json } from '../../contract/json.ts'

/** How a result is shown when its kind has no view of its own: single values as cards, records as a table, values as a list. */
export type Scalar = null | boolean | number | string
export type Row = { [key: string]: Json }

export interface ResultShape {
  scalars: { name: string; value: Scalar }[]
  tables: { name: string; columns: { key: string; name: string; numeric: boolean }[]; rows: Row[] }[]
  lists: { name: string; values: Scalar[] }[]
  /** Whatever is neither: shown as JSON text. */
  others: { name: string; value: Json }[]
}

const sampledRows = 200

export function shapeOf(result: Json, wholeName: string): ResultShape {
  const shape: ResultShape = { scalars: [], tables: [], lists: [], others: [] }
  if (isRow(result)) for (const [key, value] of Object.entries(result)) place(shape, humanize(key), value)
  else place(shape, wholeName, result)
  return shape
}

function place(shape: ResultShape, name: string, value: Json): void {
  if (isScalar(value)) shape.scalars.push({ name, value })
  else if (Array.isArray(value)) placeArray(shape, name, value)
  else if (Object.values(value).every(isScalar)) placeGroup(shape, name, value)
  else shape.others.push({ name, value })
}

function placeGroup(shape: ResultShape, group: string, values: Row): void {
  for (const [key, value] of Object.entries(values))
    if (isScalar(value)) shape.scalars.push({ name: `${group}: ${humanize(key).toLowerCase()}`, value })
}

function placeArray(shape: ResultShape, name: string, values: Json[]): void {
  if (values.every(isScalar)) shape.lists.push({ name, values })
  else if (values.every(isRow)) shape.tables.push({ name, columns: columnsOf(values), rows: values })
  else shape.others.push({ name, value: values })
}

function columnsOf(rows: Row[]): { key: string; name: string; numeric: boolean }[] {
  const sample = rows.slice(0, sampledRows)
  const keys = [...new Set(sample.flatMap((row) => Object.keys(row)))]
  return keys.map((key) => ({
    key,
    name: humanize(key),
    numeric: sample.every((row) => row[key] === undefined || typeof row[key] === 'number'),
  }))
}

function isScalar(value: Json): value is Scalar {
  return value === null || typeof value !== 'object'
}

function isRow(value: Json): value is Row {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** "totalWords" → "Total words", "sha256" → "Sha256". */
export function humanize(key: string): string {
  const words = key
    .replaceAll(/[_-]+/g, ' ')
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, (_, before: string, capital: string) => `${before} ${capital.toLowerCase()}`)
    .trim()
  return words === '' ? key : words.charAt(0).toUpperCase() + words.slice(1)
}
