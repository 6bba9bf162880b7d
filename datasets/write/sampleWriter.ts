import type { SampleRows } from '../../contract/run.ts'
import { looksLikeFormula, type RowWriter, type WriteOptions } from './rows.ts'

/** Rows that are shown instead of written: the fields as a reader of the output would find them. */
export class SampleWriter implements RowWriter {
  readonly #rows: SampleRows
  readonly #isSafe: boolean
  #fields: (string | null)[] = []

  constructor(rows: SampleRows, { format, spreadsheetSafe }: Pick<WriteOptions, 'format' | 'spreadsheetSafe'>) {
    this.#rows = rows
    this.#isSafe = spreadsheetSafe && format !== 'jsonl'
  }

  header(names: readonly string[]): void {
    this.#rows.columns(this.#isSafe ? names.map((name) => safe(Buffer.from(name))) : names)
  }

  begin(): void {
    this.#fields = []
  }

  bytes(bytes: Uint8Array, start: number, end: number): void {
    const field = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
    this.#fields.push(this.#isSafe ? safe(field) : field.toString('utf8'))
  }

  text(text: string): void {
    this.#fields.push(this.#isSafe ? safe(Buffer.from(text)) : text)
  }

  nothing(): void {
    this.#fields.push(null)
  }

  end(): void {
    this.#rows.row(this.#fields)
  }
}

function safe(field: Buffer): string {
  return `${looksLikeFormula(field, 0, field.length) ? "'" : ''}${field.toString('utf8')}`
}
