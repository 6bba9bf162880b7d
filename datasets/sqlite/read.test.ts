import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspect } from '../inspect.ts'
import { rowsOf } from '../testing/rowsKind.ts'

let folder: string
let bytes: Buffer
const path = () => join(folder, 'some.db')
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-sqlite-'))
  const db = new Database(path())
  db.exec(`CREATE TABLE readings (id INTEGER PRIMARY KEY, name TEXT, value REAL, big INTEGER, "odd ""name" TEXT);
    CREATE TABLE keyed (k TEXT PRIMARY KEY, v) WITHOUT ROWID;
    INSERT INTO keyed VALUES ('b', 2), ('a', NULL);
    CREATE VIEW latest AS SELECT max(value) AS top FROM readings`)
  const insert = db.prepare('INSERT INTO readings VALUES (?, ?, ?, ?, ?)')
  db.exec('BEGIN')
  // Ids with holes, some of them negative.
  for (let row = 0; row < 2000; row += 1)
    insert.run(row * row - 50, row % 5 === 0 ? null : `näme ${row}`, row / 4, 9007199254740993n, '08123')
  db.exec('COMMIT')
  db.close()
  bytes = readFileSync(path())
})
afterAll(() => rmSync(folder, { recursive: true }))

const expected = Array.from({ length: 2000 }, (_, row) => [
  String(row * row - 50),
  row % 5 === 0 ? null : `näme ${row}`,
  row % 4 === 0 ? `${row / 4}` : String(row / 4),
  '9007199254740993',
  '08123',
])

test.each([1, 2, 3])('the first table is read by ranges of row ids, each row once (%i)', async (seed) => {
  const found = await rowsOf({ files: [bytes], cellBytes: 1000, seed })
  expect(found.rows.map((row) => row.fields)).toEqual(expected)
  expect(found.stages['scan']).toBeGreaterThan(3)
})

test('a table without row ids, a view and a query are read by one worker', async () => {
  const fieldsOf = async (params: Record<string, string>) => {
    const found = await rowsOf({ files: [bytes], params, cellBytes: 1000, seed: 1 })
    expect(found.stages['scan']).toBe(1)
    return found.rows.map((row) => row.fields)
  }
  expect(await fieldsOf({ table: 'keyed' })).toEqual([
    ['a', null],
    ['b', '2'],
  ])
  expect(await fieldsOf({ table: 'latest' })).toEqual([['499.75']])
  expect(await fieldsOf({ query: 'SELECT count(*) AS n FROM readings;' })).toEqual([['2000']])
})

test('inspect names the columns, their types, and the other tables', async () => {
  expect(await inspect(path())).toMatchObject({
    inspection: {
      input: {
        table: {
          format: 'sqlite',
          part: 'readings',
          columns: [
            { name: 'id', type: 'integer' },
            { name: 'name', type: 'text' },
            { name: 'value', type: 'decimal' },
            { name: 'big', type: 'integer' },
            { name: 'odd "name', type: 'text' },
          ],
        },
      },
      sample: { notes: ['other tables, by -p table=NAME: keyed, latest'] },
    },
  })
})

test.each([
  [{ table: 'none' }, /it has no table none; choose one of readings, keyed, latest$/],
  [{ query: 'DELETE FROM readings' }, /cannot read .*: near "DELETE"/],
  [{ query: 'SELECT missing FROM readings' }, /no such column: missing/],
])('%j is refused in a line', async (table, message) => {
  const reply = await inspect(path(), { table })
  expect(reply).toMatchObject({ ok: false, code: 'input-wrong-format' })
  expect(reply.ok ? '' : reply.message).toMatch(message)
})
