/** Dates of workbooks: numbers of days, and a number format that says so (ECMA-376, part 1, 18.8.30). Pure. */
export type DateForm = 'date' | 'timestamp' | 'time'

const dayMs = 86_400_000

/** Of the formats that have no text of their own: first and last number, and what they are. */
const builtIn: readonly (readonly [number, number, DateForm])[] = [
  [14, 17, 'date'],
  [18, 21, 'time'],
  [22, 22, 'timestamp'],
  [27, 31, 'date'],
  [32, 35, 'time'],
  [36, 36, 'date'],
  [45, 47, 'time'],
  [50, 58, 'date'],
]

export function builtInDateForm(id: number): DateForm | null {
  return builtIn.find(([first, last]) => id >= first && id <= last)?.[2] ?? null
}

/** What is in quotes, brackets or behind a backslash is no letter of the format; its first part is that of numbers. */
export function dateFormOf(format: string): DateForm | null {
  const letters = format
    .replace(/"[^"]*"|\\.|_.|\*./g, '')
    .replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
    .split(';', 1)[0]
  if (letters === undefined || /general/i.test(letters)) return null
  const hasDay = /[yd]/i.test(letters) || (/m/i.test(letters) && !/[hs]/i.test(letters))
  const hasTime = /[hs]/i.test(letters)
  if (hasDay) return hasTime ? 'timestamp' : 'date'
  return hasTime ? 'time' : null
}

/** Days since the end of 1899 as text. The year 1900 had no 29 February, but workbooks count it. */
export function serialText(serial: number, form: DateForm, from1904: boolean): string {
  const shifted = from1904 ? serial + 1462 : serial < 61 ? serial + 1 : serial
  const instant = new Date(Math.round((shifted - 25_569) * dayMs))
  if (Number.isNaN(instant.getTime())) return String(serial)
  const [day = '', time = ''] = instant.toISOString().slice(0, -1).split('T')
  const clock = time.replace('.000', '')
  if (form === 'time' && serial >= 0 && serial < 1) return clock
  return form === 'date' && serial % 1 === 0 ? day : `${day} ${clock}`
}
