import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { resultSchema as profiled } from '../../kinds/profile/kind.ts'
import { askDuckDb, csvTable, vegaFile, vegaTable } from '../harness/duckdb.ts'
import { openGround } from './gristmill.ts'

/** Kinds over tables on three million flights, by the built app: row by row and in order what DuckDB answers. */
const file = 'flights-3m.parquet'
const flights = `(SELECT *, row_number() OVER () AS place FROM ${vegaTable(file)})`
const all = 'date, delay, distance, origin, destination'
const delay = 'CAST(delay AS INT)'
const distance = 'CAST(distance AS INT)'
/** On a machine that others use too. */
const limits = { limitMs: 280_000 }

const questions = [
  {
    kind: 'aggregate',
    params: ['by=origin,hour(date)', 'measures=count,sum(delay),min(distance),median(delay)'],
    artifact: 'aggregated.csv',
    sql: `SELECT origin, hour::VARCHAR, count(*)::VARCHAR, sum(${delay})::VARCHAR, min(${distance})::VARCHAR,
      median(${delay}) FROM (SELECT *, hour(CAST(date AS TIMESTAMP)) AS hour FROM ${flights})
      GROUP BY origin, hour ORDER BY origin, hour`,
    found: '* REPLACE (CAST(median_delay AS DOUBLE) AS median_delay)',
  },
  {
    kind: 'filter',
    params: [`where=delay > 120 and distance < 500 or origin = 'SFO'`],
    artifact: 'filtered.csv',
    sql: `SELECT ${all} FROM ${flights} WHERE ${delay} > 120 AND ${distance} < 500 OR origin = 'SFO' ORDER BY place`,
    found: '*',
  },
  {
    kind: 'convert',
    params: ['to=csv'],
    artifact: 'converted.csv',
    sql: `SELECT ${all} FROM ${flights} ORDER BY place`,
    found: '*',
  },
  {
    kind: 'sort',
    params: ['mode=table', 'by=distance:desc,date'],
    artifact: 'sorted.csv',
    sql: `SELECT ${all} FROM ${flights} ORDER BY ${distance} DESC, date, place`,
    found: '*',
  },
  {
    kind: 'dedupe',
    params: ['by=origin,destination'],
    artifact: 'unique.csv',
    sql: `SELECT ${all} FROM ${flights} QUALIFY row_number() OVER (PARTITION BY origin, destination ORDER BY place) = 1 ORDER BY place`,
    found: '*',
  },
]

/** The others take longest, and ask nothing of the app that smaller files do not; `GRISTMILL_FLIGHTS=all` asks them too. */
const usual = new Set(['aggregate', 'filter'])
const asked = questions.filter(({ kind }) => usual.has(kind) || process.env['GRISTMILL_FLIGHTS'] === 'all')

describe('three million flights', { timeout: 300_000 }, () => {
  it.each(asked)('$kind', async ({ kind, params, artifact, sql, found }) => {
    const ground = openGround()
    const words = params.flatMap((param) => ['-p', param])
    await ground.runJob([kind, vegaFile(file), ...words, '--workers', '2', '--out', 'out'], limits)
    const written = `SELECT ${found} FROM ${csvTable(join(ground.cwd, 'out', artifact))}`
    const [compared] = await askDuckDb(`SELECT count(ours)::INT AS ours, count(theirs)::INT AS theirs,
      count(*) FILTER (ours IS DISTINCT FROM theirs)::INT AS different
      FROM (SELECT row(*COLUMNS(*)) AS ours FROM (${written})) POSITIONAL JOIN (SELECT row(*COLUMNS(*)) AS theirs FROM (${sql}))`)
    expect(compared).toEqual({ ours: compared?.['theirs'], theirs: compared?.['ours'], different: 0 })
    expect(compared?.['ours']).toBeGreaterThan(0)
  })

  it('profile', async () => {
    const ground = openGround()
    const { result } = await ground.runJob(['profile', vegaFile(file), '--workers', '2'], limits)
    const { rows, columns } = profiled.parse(result)
    const [asked] = await askDuckDb(`SELECT count(*)::INT AS rows, min(${delay}) AS least, max(${delay}) AS most,
      sum(${delay})::DOUBLE AS sum, stddev_samp(${delay}) AS stddev, count(DISTINCT origin)::INT AS origins,
      count(DISTINCT date)::INT AS dates FROM ${flights}`)
    const of = (name: string) => columns.find((column) => column.name === name)!
    expect({ rows, least: of('delay').min, most: of('delay').max, sum: of('delay').sum }).toEqual({
      rows: asked?.['rows'],
      least: asked?.['least'],
      most: asked?.['most'],
      sum: asked?.['sum'],
    })
    expect(of('delay').stddev).toBeCloseTo(asked?.['stddev'] as number, 9)
    expect(of('origin')).toMatchObject({ distinct: asked?.['origins'], distinctError: 0, type: 'text', nulls: 0 })
    const { distinct, distinctError, type } = of('date')
    expect(type).toBe('timestamp')
    expect(Math.abs(distinct / (asked?.['dates'] as number) - 1)).toBeLessThan(4 * distinctError)
  })
})
