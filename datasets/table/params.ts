import { type TableWishes, tableWishesSchema } from '../../contract/table.ts'

/**
 * The params that every kind over tables has: `params: z.strictObject({ ...tableParams, … })` with `table: tableWishes`, so that intake
 * looks at inputs as the person says they are. Pure.
 */
export const tableParams = tableWishesSchema.shape

export function tableWishes(params: TableWishes): TableWishes {
  const wishes = Object.entries(params).filter(([name, value]) => name in tableParams && value !== undefined)
  return tableWishesSchema.parse(Object.fromEntries(wishes))
}
