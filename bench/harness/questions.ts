import type { BenchJob } from './jobs.ts'

/** What Gristmill and its peers are asked about the flights of flights.ts: the same, as far as each of them has words for it. */
export interface Question {
  title: string
  job: BenchJob
  /** SQL, as harness/peers.ts fills it in. */
  duckdb?: string
  /** Words of Miller after --icsv. */
  miller?: readonly string[]
  gnuSort?: true
  /** Whether all of them write as many lines. */
  sameLines: boolean
}

const firstOfEach = `SELECT * EXCLUDE place FROM (SELECT *, row_number() OVER () AS place FROM {input})
  QUALIFY row_number() OVER (PARTITION BY tail, day ORDER BY place) = 1 ORDER BY place`

export const questions: readonly Question[] = [
  {
    title: 'profile',
    job: { kind: 'profile', params: {} },
    duckdb: 'COPY (SELECT * FROM (SUMMARIZE SELECT * FROM {input})) TO {output} (HEADER)',
    miller: ['--ojson', 'summary'],
    sameLines: false,
  },
  {
    title: 'aggregate',
    job: { kind: 'aggregate', params: { by: 'carrier,origin', measures: 'count,mean(delay),max(distance)' } },
    duckdb:
      'COPY (SELECT carrier, origin, count(*), avg(delay), max(distance) FROM {input} GROUP BY ALL ORDER BY ALL) TO {output} (HEADER)',
    miller: ['--ocsv', 'stats1', '-a', 'count,mean,max', '-f', 'delay,distance', '-g', 'carrier,origin'],
    sameLines: true,
  },
  {
    title: 'filter',
    job: {
      kind: 'filter',
      params: { where: 'delay > 60 and distance < 3000', columns: 'id,tail,delay,distance' },
    },
    duckdb:
      'COPY (SELECT id, tail, delay, distance FROM {input} WHERE delay > 60 AND distance < 3000) TO {output} (HEADER)',
    miller: [
      '--ocsv',
      'filter',
      'is_not_empty($delay) && $delay > 60 && $distance < 3000',
      'then',
      'cut',
      '-f',
      'id,tail,delay,distance',
    ],
    sameLines: true,
  },
  {
    title: 'convert to JSON lines',
    job: { kind: 'convert', params: { to: 'jsonl' } },
    duckdb: 'COPY (SELECT * FROM {input}) TO {output} (FORMAT json)',
    miller: ['--ojsonl', 'cat'],
    sameLines: true,
  },
  {
    title: 'convert to Parquet',
    job: { kind: 'convert', params: { to: 'parquet' } },
    duckdb: "COPY (SELECT * FROM {input}) TO {output} (FORMAT parquet, CODEC 'zstd')",
    sameLines: false,
  },
  { title: 'sort lines', job: { kind: 'sort', params: { mode: 'lines' } }, gnuSort: true, sameLines: true },
  {
    title: 'sort a table',
    job: { kind: 'sort', params: { mode: 'table', by: 'distance:desc,tail' } },
    duckdb: 'COPY (SELECT * FROM {input} ORDER BY distance DESC, tail) TO {output} (HEADER)',
    miller: ['--ocsv', 'sort', '-nr', 'distance', '-f', 'tail'],
    sameLines: true,
  },
  {
    title: 'dedupe',
    job: { kind: 'dedupe', params: { by: 'tail,day' } },
    duckdb: `COPY (${firstOfEach}) TO {output} (HEADER)`,
    miller: ['--ocsv', 'head', '-n', '1', '-g', 'tail,day'],
    sameLines: true,
  },
]
