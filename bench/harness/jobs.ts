/** A job of each kind over tables, on the flights of flights.ts: what memory and speed are measured with. */
export interface BenchJob {
  kind: string
  params: Readonly<Record<string, string>>
}

export const benchJobs: Readonly<Record<string, BenchJob>> = {
  profile: { kind: 'profile', params: {} },
  aggregate: {
    kind: 'aggregate',
    params: { by: 'carrier,year(day)', measures: 'count,mean(delay),median(distance),countDistinct(tail),max(note)' },
  },
  filter: { kind: 'filter', params: { where: 'delay > 60 and distance < 3000', columns: 'id,tail,delay,distance' } },
  'convert to jsonl': { kind: 'convert', params: { to: 'jsonl' } },
  'convert to parquet': { kind: 'convert', params: { to: 'parquet' } },
  'sort lines': { kind: 'sort', params: { mode: 'lines' } },
  'sort table': { kind: 'sort', params: { mode: 'table', by: 'distance:desc,tail' } },
  dedupe: { kind: 'dedupe', params: { by: 'tail,day' } },
}

export function wordsOf({ kind, params }: BenchJob, input: string, workers: number): string[] {
  const words = Object.entries(params).flatMap(([name, value]) => ['-p', `${name}=${value}`])
  return [kind, input, ...words, '--workers', String(workers), '--out', 'out', '--max-rejects', '0']
}
