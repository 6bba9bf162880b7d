import type { Keeping } from '../../../contract/storage.ts'

/** How long jobs are kept, as a person types it: days and gigabytes, and nothing for no limit. */
export interface KeepingTexts {
  days: string
  gigabytes: string
}

const gigabyte = 1_000_000_000
const mostDays = 36_500

export function textsOf({ keepDays, keepBytes }: Keeping): KeepingTexts {
  return {
    days: keepDays === null ? '' : String(keepDays),
    gigabytes: keepBytes === null ? '' : String(keepBytes / gigabyte),
  }
}

export function readKeeping({ days, gigabytes }: KeepingTexts): {
  keeping: Keeping | null
  wrong: (keyof KeepingTexts)[]
} {
  const keepDays = limitIn(days, (value) => Number.isInteger(value) && value >= 1 && value <= mostDays)
  const size = limitIn(gigabytes, (value) => Math.round(value * gigabyte) >= 1 && value <= 1_000_000)
  if (keepDays !== undefined && size !== undefined)
    return { keeping: { keepDays, keepBytes: size === null ? null : Math.round(size * gigabyte) }, wrong: [] }
  return {
    keeping: null,
    wrong: [
      ...(keepDays === undefined ? (['days'] as const) : []),
      ...(size === undefined ? (['gigabytes'] as const) : []),
    ],
  }
}

/** Null for no limit, undefined for what is none. */
function limitIn(text: string, allowed: (value: number) => boolean): number | null | undefined {
  const trimmed = text.trim()
  if (trimmed === '') return null
  const value = /^\d+([.,]\d+)?$/.test(trimmed) ? Number(trimmed.replace(',', '.')) : Number.NaN
  return allowed(value) ? value : undefined
}
