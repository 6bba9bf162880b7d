/**
 * Dates and times as files write them: ISO 8601 (a blank may stand for the T), and dates with slashes or dots, whose order is a
 * param. A date is the epoch milliseconds of its midnight in UTC; a timestamp without an offset is taken as UTC.
 */
export interface Instant {
  type: 'date' | 'timestamp'
  ms: number
}

/** Which of the two numbers before the year is the day, where a date does not begin with the year. */
export type DayOrder = 'day-first' | 'month-first'

const isoPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/
const commonPattern = /^(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?$/
/** `Jan 1 2000`, `January 1, 2000`; `1 Jan 2000`, `1-Jan-2000`. */
const monthFirstPattern = /^([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})$/
const monthBetweenPattern = /^(\d{1,2})[ -]([A-Za-z]{3,9})[ -](\d{4})$/
const monthNames = 'january february march april may june july august september october november december'.split(' ')
const dayMs = 86_400_000

/** What the text says, or null when it is no date. */
export function parseInstant(text: string, order: DayOrder = 'month-first'): Instant | null {
  const iso = isoPattern.exec(text)
  if (iso !== null) {
    const [, year, month, day, ...time] = iso
    return instantOf([year!, month!, day!], time)
  }
  const common = commonPattern.exec(text)
  if (common === null) return namedDate(text)
  const [, first, , second, third, ...time] = common
  const date = orderedDate([first!, second!, third!], order)
  return date === null ? null : instantOf(date, time)
}

/** With the English name of its month, or the first three letters or more of it. */
function namedDate(text: string): Instant | null {
  const [, before, second, year] = monthFirstPattern.exec(text) ?? []
  const [, first, between, lastYear] = monthBetweenPattern.exec(text) ?? []
  const name = (before ?? between)?.toLowerCase()
  if (name === undefined) return null
  const month = monthNames.findIndex((each) => each.startsWith(name)) + 1
  return instantOf([(year ?? lastYear)!, String(month), (second ?? first)!], [])
}

type DateText = [year: string, month: string, day: string]

function orderedDate([first, second, third]: DateText, order: DayOrder): DateText | null {
  if (first.length === 4 && third.length <= 2) return [first, second, third]
  if (first.length > 2 || third.length !== 4) return null
  return order === 'day-first' ? [third, second, first] : [third, first, second]
}

function instantOf(date: DateText, time: readonly (string | undefined)[]): Instant | null {
  const [year, month, day] = date.map(Number) as [number, number, number]
  const midnight = Date.UTC(year, month - 1, day)
  const check = new Date(midnight)
  if (year < 100 || check.getUTCMonth() !== month - 1 || check.getUTCDate() !== day) return null
  const [hourText, minuteText, secondText = '0', fraction = '', offset = 'Z'] = time
  if (hourText === undefined) return { type: 'date', ms: midnight }
  const [hour, minute, second] = [Number(hourText), Number(minuteText), Number(secondText)]
  if (hour > 23 || minute > 59 || second > 59) return null
  const away = offsetMs(offset)
  if (away === null) return null
  const inDay = ((hour * 60 + minute) * 60 + second) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'))
  return { type: 'timestamp', ms: midnight + inDay - away }
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
