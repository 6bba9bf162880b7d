const factors: Record<string, number> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }

/**
 * `--split SIZE`: bytes with an optional K, M or G (of 1024) where files are read, a count of items otherwise.
 * Undefined when it is neither, or no size that a job can have.
 */
export function parseSize(text: string, unit: 'bytes' | 'items'): number | undefined {
  const [, digits, suffix = ''] = /^(\d+)([KMG]?)$/i.exec(text) ?? []
  if (digits === undefined || (unit === 'items' && suffix !== '')) return undefined
  const size = Number(digits) * (factors[suffix.toUpperCase()] ?? 1)
  return size >= 1 && Number.isSafeInteger(size) ? size : undefined
}

/** A whole decimal number between two bounds, both allowed; undefined when it is none. */
export function parseCount(text: string, [least, most]: readonly [number, number]): number | undefined {
  if (!/^\d{1,15}$/.test(text)) return undefined
  const count = Number(text)
  return count >= least && count <= most ? count : undefined
}
