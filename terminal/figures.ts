/** How numbers, sizes, times and foreign text look to a person at a terminal. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })
const precise = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 15 })

/** 1,234,567 */
export function count(value: number): string {
  return Number.isInteger(value) ? whole.format(value) : precise.format(value)
}

const sizeUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** 8.0 MiB */
export function size(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < sizeUnits.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${sizeUnits[unit]}`
}

const two = (value: number) => String(value).padStart(2, '0')

/** 12 ms, 3.4 s, 2 min 05 s, 1 h 02 min */
export function duration(ms: number): string {
  if (ms < 1000) return `${ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`
}

/** 4 to 6 s, in the unit of the longer one. */
export function durationRange({ low, high }: { low: number; high: number }): string {
  const [divisor, unit] = high < 90_000 ? [1000, 's'] : high < 5_400_000 ? [60_000, 'min'] : [3_600_000, 'h']
  const ends = [Math.floor(low / divisor), Math.ceil(high / divisor)] as const
  return ends[0] === ends[1] ? `${ends[1]} ${unit}` : `${ends[0]} to ${ends[1]} ${unit}`
}

/** 2026-11-21 12:56:59, where the reader is. */
export function instant(at: number | null): string {
  if (at === null) return '-'
  const date = new Date(at)
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

// Control characters, line and paragraph separators, and marks that turn the direction of writing.
const unprintable = /[\p{Cc}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

/** Text of unknown origin on one line: what would move the cursor or turn the direction of writing is spelled out. */
export function printable(text: string): string {
  return text.replaceAll(unprintable, (mark) => {
    if (mark === '\n') return '\\n'
    if (mark === '\t') return '\\t'
    if (mark === '\r') return '\\r'
    return `\\u{${(mark.codePointAt(0) ?? 0).toString(16)}}`
  })
}
