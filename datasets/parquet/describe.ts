import { parquetRead } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import type { Input } from '../../contract/dataset.ts'
import type { TableWishes } from '../../contract/table.ts'
import { nameColumns } from '../table/columns.ts'
import { type Described, commonOf, previewRows } from '../table/described.ts'
import { topColumns } from './columns.ts'
import { parquetFile, parquetFooter, parsers, valueText, withExactDecimals } from './file.ts'
import { groupCells } from './grid.ts'

/** A Parquet file as a table: its schema says what the columns are. */
const previewCount = 200
/** More would take too long to look into. */
const mostPreviewBytes = 16 * 1024 * 1024

export async function describeParquet(
  { fd, bytes, path }: { fd: number; bytes: number; path: string },
  wishes: TableWishes,
): Promise<Described & Pick<Input, 'cellEnds'>> {
  const file = parquetFile(fd, bytes)
  const footer = await parquetFooter(file, path)
  const columns = topColumns(footer)
  const names = nameColumns(columns.map(({ name }) => name))
  const sizes = footer.row_groups.map(({ columns: chunks }) =>
    chunks.reduce((sum, { meta_data: meta }) => sum + Number(meta?.total_compressed_size ?? 0), 0),
  )
  const nested = columns.filter(({ isNested }) => isNested).map(({ name }) => name)
  let rows: unknown[][] = []
  if ((sizes[0] ?? 0) <= mostPreviewBytes)
    await parquetRead({
      file,
      metadata: withExactDecimals(footer),
      compressors,
      parsers,
      geoparquet: false,
      rowEnd: previewCount,
      onComplete: (found) => (rows = found),
    })
  return {
    table: {
      ...commonOf(wishes),
      format: 'parquet',
      dialect: null,
      dataStart: 0,
      columns: columns.map(({ type }, index) => ({ name: names[index] ?? '', type })),
    },
    rows: previewRows(rows.map((row) => columns.map(({ scale }, column) => valueText(row[column], scale)))),
    estimatedRows: { rows: Number(footer.num_rows), perByte: null },
    notes: nested.length === 0 ? [] : [`nested columns are kept as JSON: ${nested.join(', ')}`],
    cellEnds: groupCells(sizes, bytes),
  }
}
