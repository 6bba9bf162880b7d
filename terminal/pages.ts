import { count } from './figures.ts'
import { table, type CellText } from './table.ts'
import type { Terminal } from './terminal.ts'

const pageSize = 10_000

interface Pages<Item> {
  json: boolean
  heads: readonly string[]
  /** What they are, in the plural. */
  what: string
  row: (item: Item) => readonly CellText[]
  read: (page: { limit: number; offset: number }) => Promise<Item[]>
}

/** All of them as one JSON array, written page by page; or the first page as a table. */
export async function printPages<Item>(terminal: Terminal, pages: Pages<Item>): Promise<void> {
  if (pages.json) return printArray(terminal, pages)
  const items = await pages.read({ limit: pageSize + 1, offset: 0 })
  if (items.length === 0) return terminal.note(`no ${pages.what}`)
  const rows = items.slice(0, pageSize).map((item) => pages.row(item))
  terminal.print(table(pages.heads, rows, (line) => terminal.style('bold', line)))
  if (items.length > pageSize) terminal.note(`the first ${count(pageSize)} ${pages.what}; --json prints all`)
}

async function printArray<Item>(terminal: Terminal, { read }: Pages<Item>): Promise<void> {
  let offset = 0
  let items: Item[]
  do {
    items = await read({ limit: pageSize, offset })
    const lines = items.map((item) => JSON.stringify(item)).join(',\n')
    if (offset === 0) terminal.print(`[${lines}`)
    else if (lines !== '') terminal.print(`,${lines}`)
    offset += items.length
  } while (items.length === pageSize)
  terminal.print(']')
}
