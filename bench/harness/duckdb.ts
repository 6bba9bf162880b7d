import { DuckDBInstance } from '@duckdb/node-api'

/** `node duckdb.ts THREADS SQL`: DuckDB as a process of its own, so that it is measured as every other program is. */
const [threads = '1', sql = ''] = process.argv.slice(2)
const instance = await DuckDBInstance.create(':memory:', { threads })
const connection = await instance.connect()
await connection.run(sql)
connection.closeSync()
instance.closeSync()
