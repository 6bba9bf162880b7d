import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspect } from '../inspect.ts'
import { assertUnchanged } from '../fingerprint.ts'
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

test('rows with negative ids have places of their own, counted from the first one', async () => {
  const found = await rowsOf({ files: [bytes], cellBytes: 1000, seed: 4 })
  expect(found.rows.map(({ offset }) => offset)).toEqual(Array.from({ length: 2000 }, (_, row) => row * row))
})

test('a table whose ids are too far apart for places is read in turn', async () => {
  const file = join(folder, 'far.db')
  const db = new Database(file)
  db.exec(`CREATE TABLE far (id INTEGER PRIMARY KEY, name TEXT);
    INSERT INTO far VALUES (-9223372036854775808, 'first'), (0, 'middle'), (9223372036854775807, 'last')`)
  db.close()
  const found = await rowsOf({ paths: [file], cellBytes: 100, seed: 4 })
  expect(found.rows).toEqual([
    { offset: 0, fields: ['-9223372036854775808', 'first'] },
    { offset: 1, fields: ['0', 'middle'] },
    { offset: 2, fields: ['9223372036854775807', 'last'] },
  ])
  expect(found.stages['scan']).toBe(1)
})

test('what is written into the log beside a database is a change of it', async () => {
  const file = join(folder, 'live.db')
  const db = new Database(file)
  try {
    db.pragma('journal_mode = WAL')
    db.pragma('wal_autocheckpoint = 0')
    db.exec('CREATE TABLE live (a INTEGER)')
    db.pragma('wal_checkpoint(TRUNCATE)')
    const quiet = await inputOf(file)
    expect(quiet.fingerprint.log).toBeUndefined()
    expect(() => assertUnchanged(quiet, statSync(file, { bigint: true }))).not.toThrow()
    db.exec('INSERT INTO live VALUES (1)')
    expect(() => assertUnchanged(quiet, statSync(file, { bigint: true }))).toThrow('has changed')
    const busy = await inputOf(file)
    expect(busy.fingerprint.log).toBeDefined()
    expect((await rowsOf({ paths: [file] })).rows.map(({ fields }) => fields)).toEqual([['1']])
    expect(() => assertUnchanged(busy, statSync(file, { bigint: true }))).not.toThrow()
    const refused = rowsOf({
      paths: [file],
      onStage: (stage) => stage === 'scan' && db.exec('INSERT INTO live VALUES (2)'),
    })
    await expect(refused).rejects.toThrow('has changed')
  } finally {
    db.close()
  }
})

async function inputOf(file: string) {
  const reply = await inspect(file)
  if (!reply.ok) throw new Error(reply.message)
  return reply.inspection.input
}
