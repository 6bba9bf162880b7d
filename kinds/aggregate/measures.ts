/** What a person asks of each group, as an object or in words: `mean(price)`, `p9 = quantile(price, 0.9)`. Pure. */
export const measureOps = [
  'count',
  'countDistinct',
  'sum',
  'mean',
  'min',
  'max',
  'stddev',
  'median',
  'quantile',
  'first',
  'last',
] as const
export type MeasureOp = (typeof measureOps)[number]

export interface AskedMeasure {
  op: MeasureOp
  /** A column or an expression; null counts rows. */
  of: string | null
  q: number | null
  name: string | null
}

interface MeasureObject {
  op: MeasureOp
  column?: string | undefined
  q?: number | undefined
  name?: string | undefined
}

/** Says in one line what is wrong. */
export class MeasureError extends Error {
  override name = 'MeasureError'
}

export function readMeasures(given: readonly (string | MeasureObject)[]): AskedMeasure[] {
  const joined = joinOpen(given)
  return joined.length === 0 ? [checked({ op: 'count' })] : joined.map(readMeasure)
}

/**
 * A comma on the command line parts a list, also inside parentheses and quotes: what was parted there belongs together again.
 */
export function joinOpen<T>(parts: readonly (string | T)[]): (string | T)[] {
  const joined: (string | T)[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (typeof last === 'string' && typeof part === 'string' && isOpen(last))
      joined[joined.length - 1] = `${last},${part}`
    else joined.push(part)
  }
  return joined
}

/** More parentheses opened than closed, outside quotes, or a quote that is open. */
function isOpen(text: string): boolean {
  const bare = text.replaceAll(/'[^']*'|"[^"]*"|`[^`]*`/g, '')
  return /['"`]/.test(bare) || bare.split('(').length > bare.split(')').length
}

const worded = /^\s*(?:(?:`((?:[^`]|``)+)`|([^=()`]+?))\s*=\s*)?(\w+)\s*(?:\((.*)\))?\s*$/s

function readMeasure(given: string | MeasureObject): AskedMeasure {
  if (typeof given !== 'string') return checked(given)
  const [, quoted, plain, word = '', inner = ''] = worded.exec(given) ?? []
  const op = measureOps.find((each) => each.toLowerCase() === word.toLowerCase())
  if (op === undefined)
    throw new MeasureError(
      `'${given}' is no measure; write count, mean(column), … with one of ${measureOps.join(', ')}`,
    )
  const name = quoted?.replaceAll('``', '`') ?? plain?.trim()
  if (op === 'quantile') return checked({ op, name, ...readQuantile(inner, given) })
  return checked({ op, column: inner.trim() === '' ? undefined : inner.trim(), name })
}

/** `column, share`. */
function readQuantile(inner: string, given: string): { column: string; q: number } {
  const comma = inner.lastIndexOf(',')
  const share = inner.slice(comma + 1).trim()
  const q = comma < 0 || share === '' ? Number.NaN : Number(share)
  if (!(q >= 0 && q <= 1)) throw new MeasureError(`'${given}' needs a share from 0 to 1; write quantile(column, 0.9)`)
  return { column: inner.slice(0, comma).trim(), q }
}

function checked({ op, column, q, name }: MeasureObject): AskedMeasure {
  if (q !== undefined && op !== 'quantile') throw new MeasureError(`${op} takes no q; only quantile does`)
  if (q === undefined && op === 'quantile') throw new MeasureError('quantile needs q, a share from 0 to 1')
  const of = op === 'count' && column === '*' ? null : (column ?? null)
  if (of === null && op !== 'count') throw new MeasureError(`${op} needs a column; write ${op}(column)`)
  return { op, of, q: q ?? null, name: name ?? null }
}
