import { joinOpen } from './measures.ts'
import type { OutputColumn, Shape } from './shape.ts'
import { listedNames } from '../../datasets/table/listedNames.ts'

/** How groups are put in order: by columns of the output, each after `-` or before `desc` if the other way round. Pure. */
export interface OrderColumn {
  place: number
  isDescending: boolean
}

/** Undefined for what is no column. */
function orderColumn(text: string, columns: readonly OutputColumn[]): OrderColumn | undefined {
  const placeOf = (name: string) => columns.findIndex((column) => column.name === name)
  const whole = text.trim()
  const [, minus, name = '', word] = /^(-?)\s*(.*?)(?:\s+(asc|desc))?$/is.exec(whole) ?? []
  const candidates = [
    { place: placeOf(whole), isDescending: false },
    { place: placeOf(name), isDescending: minus === '-' || word?.toLowerCase() === 'desc' },
  ]
  return candidates.find(({ place }) => place >= 0)
}

export function orderColumns(order: readonly string[], { columns }: Pick<Shape<never>, 'columns'>): OrderColumn[] {
  return joinOpen(order).flatMap((text) => orderColumn(text, columns) ?? [])
}

export function complaintAboutOrder(
  order: readonly string[],
  { columns }: Pick<Shape<never>, 'columns'>,
): string | null {
  const stranger = joinOpen(order).find((text) => orderColumn(text, columns) === undefined)
  if (stranger === undefined) return null
  return `order: there is no column ${stranger}; the columns are ${listedNames(columns.map(({ name }) => name))}`
}
