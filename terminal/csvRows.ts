import { Refusal } from './exitCodes.ts'

/** The longest that a mended record may be, and its quotes. */
const longestField = 2_000_000

/**
 * Rows of fields as RFC 4180 has them, whatever pieces the text comes in; lines may end in a line feed alone, and empty ones are no rows.
 * It holds one row at a time.
 */
export async function* csvRows(
  chunks: AsyncIterable<string> | Iterable<string>,
  file: string,
): AsyncGenerator<string[], void, void> {
  const rows = new RowReader(file)
  for await (const chunk of chunks) yield* rows.take(chunk)
  yield* rows.end()
}

/** `bare`: outside quotes. `quoted`: inside. `after`: behind a quote that ends the quoted part or is the first of two. */
type Place = 'bare' | 'quoted' | 'after'

class RowReader {
  readonly #file: string
  #rows: string[][] = []
  #row: string[] = []
  #field = ''
  #place: Place = 'bare'
  #isReturnHeld = false
  #rowsRead = 0

  constructor(file: string) {
    this.#file = file
  }

  take(chunk: string): string[][] {
    for (const letter of chunk) this.#read(letter)
    return this.#give()
  }

  end(): string[][] {
    this.#endRow()
    return this.#give()
  }

  #give(): string[][] {
    const rows = this.#rows
    this.#rows = []
    return rows
  }

  #read(letter: string): void {
    if (this.#place === 'quoted') {
      if (letter === '"') this.#place = 'after'
      else this.#append(letter)
      return
    }
    if (letter === '"' && this.#place === 'after') {
      this.#place = 'quoted'
      return this.#append(letter)
    }
    this.#readBare(letter)
  }

  #readBare(letter: string): void {
    if (letter === '\n') return this.#endRow()
    // Of a line's end, unless something else follows.
    if (this.#isReturnHeld) this.#append('\r')
    this.#isReturnHeld = letter === '\r'
    if (this.#isReturnHeld) return
    if (letter === ',') return this.#endField()
    if (letter === '"' && this.#field === '') this.#place = 'quoted'
    else this.#append(letter)
  }

  #append(letter: string): void {
    this.#field += letter
    if (this.#field.length > longestField)
      throw new Refusal(`cannot read ${this.#file}: line ${this.#rowsRead + 1} has a field without an end`)
  }

  #endField(): void {
    this.#row.push(this.#field)
    this.#field = ''
    this.#place = 'bare'
    this.#isReturnHeld = false
  }

  #endRow(): void {
    this.#endField()
    if (this.#row.length > 1 || this.#row[0] !== '') {
      this.#rows.push(this.#row)
      this.#rowsRead += 1
    }
    this.#row = []
  }
}
