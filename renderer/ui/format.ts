/**
 * Every number that a person reads, with its unit, as people of their locale write it. Nothing else in the dashboard formats numbers.
 */
export interface Format {
  count: (value: number) => string
  /** A plain number of a result: not rounded beyond what a double holds. */
  number: (value: number) => string
  /** Such a number where few digits do: six of them, or whole where that is more. */
  rounded: (value: number) => string
  bytes: (value: number) => string
  rate: (bytesPerSecond: number) => string
  /** 0 to 1; never shows 100 % before it is. */
  percent: (fraction: number) => string
  /** 0 to 1, with a few digits; neither nothing nor all unless it is. */
  share: (fraction: number) => string
  duration: (ms: number) => string
  /** How long something may still take, as a range in one unit. */
  remaining: (range: { low: number; high: number }) => string
  /** Date and time of an instant. */
  instant: (at: number) => string
  time: (at: number) => string
  /** "3 minutes ago". */
  ago: (at: number, now: number) => string
  list: (words: readonly string[]) => string
}

const sizes = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
const spans = [
  { unit: 'day', ms: 86_400_000 },
  { unit: 'hour', ms: 3_600_000 },
  { unit: 'minute', ms: 60_000 },
  { unit: 'second', ms: 1_000 },
] as const
type SpanUnit = (typeof spans)[number]['unit'] | 'millisecond'

export function createFormat(locale?: string): Format {
  const plain = new Intl.NumberFormat(locale)
  const exact = new Intl.NumberFormat(locale, { maximumSignificantDigits: 17 })
  const short = new Intl.NumberFormat(locale, {
    maximumFractionDigits: 0,
    maximumSignificantDigits: 6,
    roundingPriority: 'morePrecision',
  })
  const powers = new Intl.NumberFormat(locale, { notation: 'scientific', maximumSignificantDigits: 6 })
  const shares = new Intl.NumberFormat(locale, { style: 'percent', maximumSignificantDigits: 3 })
  const percentage = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const timeOnly = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const listing = new Intl.ListFormat(locale, { type: 'conjunction' })
  const inUnit = cachedUnits(locale)

  const span = (ms: number): string => {
    if (ms < 999.5) return inUnit('millisecond', ms < 9.95 ? 2 : 0).format(ms)
    if (ms < 59_950) return inUnit('second', ms < 9_950 ? 1 : 0).format(ms / 1000)
    return twoUnits(ms, (unit, value) => inUnit(unit, 0).format(value))
  }
  return {
    count: (value) => plain.format(value),
    number: (value) => exact.format(value),
    rounded: (value) => (isUnwieldy(value) ? powers : short).format(value),
    bytes: (value) => formatBytes(value, inUnit),
    rate: (bytesPerSecond) => `${formatBytes(bytesPerSecond, inUnit)}/s`,
    percent: (fraction) => percentage.format(fraction < 1 ? Math.min(0.99, Math.floor(fraction * 100) / 100) : 1),
    share: (fraction) => shares.format(fraction < 1 ? Math.min(nearlyAll, fraction) : 1),
    duration: span,
    remaining: (range) => formatRemaining(range, inUnit),
    instant: (at) => dateTime.format(at),
    time: (at) => timeOnly.format(at),
    ago: (at, now) => formatAgo(at - now, relative),
    list: (words) => listing.format(words),
  }
}

/** What three digits still tell from all. */
const nearlyAll = 0.999

/** Written out, it would be nothing but zeros. */
function isUnwieldy(value: number): boolean {
  const size = Math.abs(value)
  return size >= 1e15 || (size > 0 && size < 1e-6)
}

type InUnit = (unit: string, fractionDigits: number) => Intl.NumberFormat

function cachedUnits(locale: string | undefined): InUnit {
  const made = new Map<string, Intl.NumberFormat>()
  return (unit, fractionDigits) => {
    const key = `${unit}/${fractionDigits}`
    const known = made.get(key)
    if (known !== undefined) return known
    // The short word for bytes is the same for one and for many.
    const unitDisplay = unit === 'byte' ? 'long' : 'short'
    const options = { style: 'unit', unit, unitDisplay, maximumFractionDigits: fractionDigits } as const
    const fresh = new Intl.NumberFormat(locale, options)
    made.set(key, fresh)
    return fresh
  }
}

function formatBytes(value: number, inUnit: InUnit): string {
  let size = 0
  let amount = value
  while (amount >= 999.5 && size < sizes.length - 1) {
    amount /= 1000
    size += 1
  }
  return inUnit(sizes[size] ?? 'byte', size > 0 && amount < 99.5 ? 1 : 0).format(amount)
}

/** The two largest units, the smaller one left out when it is zero: "3 min 20 sec", "2 hr". */
function twoUnits(ms: number, show: (unit: SpanUnit, value: number) => string): string {
  const seconds = Math.round(ms / 1000) * 1000
  const first = spans.findIndex((span) => seconds >= span.ms)
  const large = spans[first]
  const small = spans[first + 1]
  if (large === undefined) return show('second', 0)
  const whole = Math.floor(seconds / large.ms)
  const rest = small === undefined ? 0 : Math.floor((seconds - whole * large.ms) / small.ms)
  const head = show(large.unit, whole)
  return small === undefined || rest === 0 ? head : `${head} ${show(small.unit, rest)}`
}

/** Rounded so that the figures do not flicker: to whole seconds below ten, to fives below a minute, to whole units above. */
function formatRemaining(range: { low: number; high: number }, inUnit: InUnit): string {
  const unit = spans.find((span) => range.high >= span.ms * 1.5) ?? spans[3]
  const step = unit.unit === 'second' && range.high >= 10_000 ? 5 : 1
  const low = Math.max(0, Math.floor(range.low / unit.ms / step) * step)
  const high = Math.max(low + (low === 0 ? 1 : 0), Math.ceil(range.high / unit.ms / step) * step)
  const format = inUnit(unit.unit, 0)
  return low === high ? format.format(high) : format.formatRange(low, high)
}

function formatAgo(differenceMs: number, relative: Intl.RelativeTimeFormat): string {
  const size = Math.abs(differenceMs)
  const span = spans.find((candidate) => size >= candidate.ms)
  if (span === undefined || span.unit === 'second') return relative.format(0, 'second')
  return relative.format(Math.round(differenceMs / span.ms), span.unit)
}

export const format = createFormat()
