/**
 * Dates and times as files write them: ISO 8601 (a blank may stand for the T), and dates with slashes, dots or the name of the month, whose
 * order is a param; times of day by 24 hours or by AM and PM. A year of two digits is one of 1969 to 2068, as POSIX has it (strptime, %y).
 * A date is the epoch milliseconds of its midnight in UTC; a timestamp without an offset is taken as UTC.
 */
export interface Instant {
  type: 'date' | 'timestamp'
  ms: number
}

/** Which of the two numbers before the year is the day, where a date does not begin with the year. */
export type DayOrder = 'day-first' | 'month-first'

/** The year comes first: 2024-02-29, 2024/2/29; or last: 29/2/2024, 29.02.24. */
const yearFirstPattern = /^(\d{4})([/.-])(\d{1,2})\2(\d{1,2})$/
const yearLastPattern = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})$/
/** `Jan 1 2000`, `January 1, 2000`; `1 Jan 2000`, `1-Jan-99`. */
const monthFirstPattern = /^([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})$/
const monthBetweenPattern = /^(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4}|\d{2})$/
/** What stands before a time of day, and the time. */
const withTimePattern = /^(.*?\d)(?:[T ]|, )(\d{1,2}:\d.*)$/
const timePattern =
  /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?([AaPp])[Mm])?(?: ?(Z|[+-]\d{2}(?::?\d{2})?))?$/
/** `September 30, 2024 11:59:59.123456789 PM +00:00` is no longer. */
const longestText = 48
/** Of two digits: from here on 19.., below 20... */
const firstOf1900s = 69
const monthNames = 'january february march april may june july august september october november december'.split(' ')
const dayMs = 86_400_000

/** What the text says, or null when it is no date. */
export function parseInstant(text: string, order: DayOrder = 'month-first'): Instant | null {
  if (text.length > longestText) return null
  const [, day = text, time] = withTimePattern.exec(text) ?? []
  const date = numberedDate(day, order) ?? namedDate(day)
  const midnight = date === null ? null : midnightOf(date)
  if (midnight === null) return null
  if (time === undefined) return { type: 'date', ms: midnight }
  const inDay = timeMs(time)
  return inDay === null ? null : { type: 'timestamp', ms: midnight + inDay }
}

/** Whether a year of two digits stands in what is a date: what it means is worth a word. */
export function hasShortYear(text: string): boolean {
  const day = withTimePattern.exec(text)?.[1] ?? text
  const year = yearLastPattern.exec(day)?.[4] ?? monthBetweenPattern.exec(day)?.[3]
  return year?.length === 2
}

/** How a person is told of it. */
export const shortYears = `a year of two digits is one of 19${firstOf1900s} to 20${firstOf1900s - 1}`

type DateText = [year: string, month: string, day: string]

function numberedDate(text: string, order: DayOrder): DateText | null {
  const [, year, , month, day] = yearFirstPattern.exec(text) ?? []
  if (year !== undefined) return [year, month!, day!]
  const [, first, mark, second, last] = yearLastPattern.exec(text) ?? []
  if (first === undefined || second === undefined || last === undefined) return null
  // 1.2.34 is rather a version, a chapter or a number in parts.
  if (last.length === 2 && mark !== '/' && first.length + second.length < 4) return null
  return order === 'day-first' ? [last, second, first] : [last, first, second]
}

/** With the English name of its month, or the first three letters or more of it. */
function namedDate(text: string): DateText | null {
  const [, before, second, year] = monthFirstPattern.exec(text) ?? []
  const [, first, between, lastYear] = monthBetweenPattern.exec(text) ?? []
  const name = (before ?? between)?.toLowerCase()
  if (name === undefined) return null
  const month = monthNames.findIndex((each) => each.startsWith(name)) + 1
  return [(year ?? lastYear)!, String(month), (second ?? first)!]
}

/** Null for a day that no month has. */
function midnightOf([yearText, ...date]: DateText): number | null {
  const [month = 0, day = 0] = date.map(Number)
  const year = yearText.length === 2 ? fullYear(Number(yearText)) : Number(yearText)
  const midnight = Date.UTC(year, month - 1, day)
  const check = new Date(midnight)
  if (year < 100 || check.getUTCMonth() !== month - 1 || check.getUTCDate() !== day) return null
  return midnight
}

function fullYear(short: number): number {
  return short + (short >= firstOf1900s ? 1900 : 2000)
}

/** Milliseconds since midnight in UTC, which lie in another day when there is an offset; null for a time that no day has. */
function timeMs(text: string): number | null {
  const [, hourText, minuteText, secondText = '0', fraction = '', half, offset = 'Z'] = timePattern.exec(text) ?? []
  if (hourText === undefined) return null
  const hour = half === undefined ? Number(hourText) : hourOfHalf(Number(hourText), half)
  const [minute, second] = [Number(minuteText), Number(secondText)]
  if (hour === null || hour > 23 || minute > 59 || second > 59) return null
  const away = offsetMs(offset)
  if (away === null) return null
  return ((hour * 60 + minute) * 60 + second) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0')) - away
}

/** 12 AM is midnight, 12 PM is noon. */
function hourOfHalf(hour: number, half: string): number | null {
  if (hour < 1 || hour > 12) return null
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
}

function offsetMs(offset: string): number | null {
  if (offset === 'Z') return 0
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(offset) ?? []
  if (Number(hours) > 14 || Number(minutes) > 59) return null
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

/** `2024-02-29`, or with its time as `2024-02-29T13:05:00Z`; milliseconds stand only where there are any. */
export function instantText({ type, ms }: Instant): string {
  const iso = new Date(ms).toISOString()
  return type === 'date' ? iso.slice(0, 10) : iso.replace('.000Z', 'Z')
}

const weekdayOf = (date: Date): number => date.getUTCDay() || 7

/** The week that holds a year's first Thursday is its first. */
function isoWeek(date: Date): number {
  const thursday = new Date(startOfDay(date.getTime()) + (4 - weekdayOf(date)) * dayMs)
  return Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / (7 * dayMs)) + 1
}

/** Numbers as people count them: months from 1, weekdays from 1 for Monday, weeks by ISO 8601; all in UTC. */
const partOf = {
  year: (date: Date) => date.getUTCFullYear(),
  quarter: (date: Date) => Math.floor(date.getUTCMonth() / 3) + 1,
  month: (date: Date) => date.getUTCMonth() + 1,
  week: isoWeek,
  day: (date: Date) => date.getUTCDate(),
  weekday: weekdayOf,
  hour: (date: Date) => date.getUTCHours(),
  minute: (date: Date) => date.getUTCMinutes(),
  second: (date: Date) => date.getUTCSeconds(),
}
export type DatePart = keyof typeof partOf
export const dateParts = Object.keys(partOf) as DatePart[]

export function datePart(part: DatePart, ms: number): number {
  return partOf[part](new Date(ms))
}

const startOfDay = (ms: number): number => Math.floor(ms / dayMs) * dayMs
const utc = (ms: number, to: (year: number, month: number) => number): number => {
  const date = new Date(ms)
  return to(date.getUTCFullYear(), date.getUTCMonth())
}

const startOf = {
  year: (ms: number) => utc(ms, (year) => Date.UTC(year, 0)),
  quarter: (ms: number) => utc(ms, (year, month) => Date.UTC(year, month - (month % 3))),
  month: (ms: number) => utc(ms, Date.UTC),
  week: (ms: number) => startOfDay(ms) - (weekdayOf(new Date(ms)) - 1) * dayMs,
  day: startOfDay,
  hour: (ms: number) => Math.floor(ms / 3_600_000) * 3_600_000,
  minute: (ms: number) => Math.floor(ms / 60_000) * 60_000,
}
export type Truncation = keyof typeof startOf
export const truncations = Object.keys(startOf) as Truncation[]

/** The beginning of the year, month, … that the instant lies in. */
export function truncateInstant(to: Truncation, ms: number): number {
  return startOf[to](ms)
}
