import { type FileMetaData, type SchemaTree, parquetSchema } from 'hyparquet'
import type { ColumnType } from '../../contract/table.ts'
import { decimalScale } from './file.ts'

/** The columns of a Parquet file as a table has them; what is nested is one column of JSON. */
export interface ParquetColumn {
  name: string
  type: ColumnType
  /** Of decimals. */
  scale: number | null
  isNested: boolean
}

export function topColumns(metadata: FileMetaData): ParquetColumn[] {
  return parquetSchema(metadata).children.map((tree) => {
    const isNested = tree.children.length > 0
    const scale = isNested ? null : decimalScale(tree.element)
    return { name: tree.element.name, type: isNested ? 'text' : typeOf(tree), scale, isNested }
  })
}

function typeOf({ element }: SchemaTree): ColumnType {
  const logical = element.logical_type?.type ?? element.converted_type ?? ''
  if (logical === 'DECIMAL') return (element.scale ?? 0) === 0 ? 'integer' : 'decimal'
  const [family = ''] = logical.split('_')
  return byLogical[family] ?? byPhysical[element.type ?? ''] ?? 'text'
}

const byLogical: Readonly<Record<string, ColumnType>> = { DATE: 'date', TIMESTAMP: 'timestamp', TIME: 'text' }

const byPhysical: Readonly<Record<string, ColumnType>> = {
  BOOLEAN: 'boolean',
  INT32: 'integer',
  INT64: 'integer',
  INT96: 'timestamp',
  FLOAT: 'decimal',
  DOUBLE: 'decimal',
}
