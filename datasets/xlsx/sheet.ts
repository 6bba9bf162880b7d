import type { Value } from '../table/valueRows.ts'
import { serialText } from './dates.ts'
import { type Workbook, xmlParser } from './workbook.ts'
import type { Zip } from './zip.ts'

/** Rows of a sheet as they are met in its XML: numbers as they are, dates by their style, formulas by what they gave when it was saved. */
export interface SheetRow {
  /** As the sheet counts, from 1. */
  number: number
  values: Value[]
  /** Of each value, whether the sheet says that it is text. */
  isText: boolean[]
}

const mostColumns = 16_384

export async function* sheetRows(zip: Zip, workbook: Workbook, part: string): AsyncGenerator<SheetRow> {
  const reader = new SheetReader(workbook)
  for await (const text of zip.text(part)) {
    reader.write(text)
    yield* reader.take()
  }
}

class SheetReader {
  readonly #workbook: Workbook
  readonly #parser
  #rows: SheetRow[] = []
  #row: SheetRow = { number: 0, values: [], isText: [] }
  #column = -1
  #cell: { type: string; style: number; text: string } = { type: '', style: 0, text: '' }
  #inValue = false

  constructor(workbook: Workbook) {
    this.#workbook = workbook
    this.#parser = xmlParser({
      open: (name, attributes) => this.#open(name, attributes),
      text: (text) => {
        if (this.#inValue) this.#cell.text += text
      },
      close: (name) => this.#close(name),
    })
  }

  write(text: string): void {
    this.#parser.write(text)
  }

  take(): SheetRow[] {
    const rows = this.#rows
    this.#rows = []
    return rows
  }

  #open(name: string, attributes: Record<string, string>): void {
    if (name === 'row') {
      this.#row = { number: Number(attributes['r'] ?? this.#row.number + 1), values: [], isText: [] }
      this.#column = -1
    } else if (name === 'c') {
      this.#column = columnOf(attributes['r']) ?? this.#column + 1
      this.#cell = { type: attributes['t'] ?? 'n', style: Number(attributes['s'] ?? 0), text: '' }
    }
    this.#inValue = name === 'v' || name === 't'
  }

  #close(name: string): void {
    if (name === 'c' && this.#cell.text !== '' && this.#column < mostColumns) this.#put()
    // A row without any value is no record.
    if (name === 'row' && this.#row.values.length > 0) this.#rows.push(this.#row)
    this.#inValue = false
  }

  #put(): void {
    const { values, isText } = this.#row
    while (values.length < this.#column) values.push(null)
    values[this.#column] = this.#value()
    isText[this.#column] = this.#cell.type !== 'n' && this.#cell.type !== 'b'
  }

  #value(): Value {
    const { type, style, text } = this.#cell
    if (type === 's') return this.#workbook.texts[Number(text)] ?? null
    if (type === 'b') return text === '1' ? 'true' : 'false'
    if (type !== 'n') return text
    const form = this.#workbook.styles[style] ?? null
    // 0.1 is kept as 0.10000000000000001.
    return form === null ? String(Number(text)) : serialText(Number(text), form, this.#workbook.from1904)
  }
}

/** AB12 is in column 27, counting from 0. */
function columnOf(reference: string | undefined): number | null {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0]
  if (letters === undefined) return null
  return Array.from(letters).reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0) - 1
}
