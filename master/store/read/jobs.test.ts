import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { commit, emptyLedger, readerOf, runningJob, someJob } from '../testLedger.ts'
import type { Reader } from '../store.ts'

function ledgerOf(ids: string[]): Reader {
  const db = emptyLedger()
  commit(
    db,
    ids.map((id, index) => ({ type: 'jobMade', job: someJob(index + 1, { id }) })),
  )
  return readerOf(db)
}
const fileNamed = (path: string) => ({
  path,
  name: path.slice(path.lastIndexOf('/') + 1),
  bytes: 1,
  format: 'text' as const,
  cellBytes: 65_536,
  fingerprint: { bytes: 1, modifiedAt: 1, inode: '1', headTail: '' },
  spooled: false,
})

test('a job is found by its id, by a prefix that only it has, in either case, and as the last one', async () => {
  const reader = ledgerOf(['abc234567xyz', 'abd234567xyz', 'q77777777777'])
  const number = async (name: string): Promise<number | string> => {
    const found = await reader.find(name)
    return found.ok ? found.value.number : found.error.code
  }
  expect(await number('abc234567xyz')).toBe(1)
  expect(await number('abd')).toBe(2)
  expect(await number('ABD2')).toBe(2)
  expect(await number('last')).toBe(3)
  expect(await number('ab')).toBe('ambiguous-job')
  expect(await number('zz')).toBe('unknown-job')
  expect(await number('')).toBe('unknown-job')
  expect(await number(`a%' OR 1=1 --`)).toBe('unknown-job')
})

test('a job is told by its number until it is removed', async () => {
  const db = emptyLedger()
  commit(db, [{ type: 'jobMade', job: someJob(3, { name: 'third' }) }])
  expect(await readerOf(db).byNumber(3)).toMatchObject({ number: 3, job: { name: 'third' } })
  commit(db, [{ type: 'jobRemoved', job: 3 }])
  expect(await readerOf(db).byNumber(3)).toBeNull()
})

test('an ambiguous prefix names the jobs it fits, an unknown one says where to look', async () => {
  const ambiguous = await ledgerOf(['aa1', 'aa2', 'aa3', 'aa4']).find('aa')
  expect(ambiguous).toMatchObject({ ok: false, error: { message: expect.stringContaining('aa1, aa2, aa3, …') } })
  const unknown = await ledgerOf([]).find('last')
  expect(unknown).toMatchObject({ ok: false, error: { code: 'unknown-job', hint: expect.any(String) } })
})

test('jobs are listed newest first by page, with the total of all that fit', async () => {
  const db = emptyLedger()
  for (let number = 1; number <= 5; number += 1)
    commit(db, [{ type: 'jobMade', job: someJob(number, { kind: number % 2 === 0 ? 'primes' : 'numbers' }) }])
  commit(db, runningJob(6, 1, { kind: 'primes' }))
  const reader = readerOf(db)
  const numbers = async (filter: Parameters<Reader['jobs']>[0]): Promise<[number[], number]> => {
    const { jobs, total } = await reader.jobs(filter)
    return [jobs.map(({ number }) => number), total]
  }
  expect(await numbers({ limit: 2, offset: 1 })).toEqual([[5, 4], 6])
  expect(await numbers({ kind: 'primes', limit: 10, offset: 0 })).toEqual([[6, 4, 2], 3])
  expect(await numbers({ kind: 'primes', state: 'queued', limit: 10, offset: 0 })).toEqual([[4, 2], 2])
  expect(await numbers({ search: 'job 3', limit: 10, offset: 0 })).toEqual([[3], 1])
  expect(await reader.unfinished()).toEqual([1, 2, 3, 4, 5, 6])
  expect(await reader.lastNumber()).toBe(6)
})

test('a job is found by its name, kind, params, file, folder, note, tag and error', async () => {
  const db = emptyLedger()
  commit(
    db,
    runningJob(1, 1, {
      name: 'Été à la mer',
      kind: 'word-count',
      params: { tokens: 'whitespace' },
      inputs: [fileNamed('/home/ann/Reports/sales_2024.csv')],
      note: 'for the board',
      tags: ['quarterly'],
    }),
  )
  commit(db, runningJob(2, 1))
  const found = async (search: string): Promise<number[]> => {
    const { jobs } = await readerOf(db).jobs({ search, limit: 10, offset: 0 })
    return jobs.map(({ number }) => number)
  }
  for (const search of ['ete', 'MER', 'whitesp', 'sales_2024.csv', 'reports', 'board', 'quart', '2024 ann', 'sales_20'])
    expect(await found(search), search).toEqual([1])
  expect(await found('word-c')).toEqual([2, 1])
  expect(await found('sales board missing')).toEqual([])
  expect(await found('  ')).toEqual([2, 1])
  expect(await found('*** " ()')).toEqual([])

  const error = { code: 'bug', message: 'cannot parse zebra', task: null }
  commit(db, [{ type: 'jobMoved', job: 2, from: 'running', to: 'failed', at: 9, fields: { error } }])
  expect(await found('zebra')).toEqual([2])
  commit(db, [{ type: 'jobChanged', job: 2, fields: { name: 'Renamed' } }])
  expect(await found('renamed zebra')).toEqual([2])
})

test('an endless variety of errors leaves a job with the first hundred to be found by', async () => {
  const db = emptyLedger()
  commit(db, runningJob(1, 1))
  for (let attempt = 1; attempt <= 120; attempt += 1)
    commit(db, [
      {
        type: 'attemptEnded',
        job: 1,
        attempt: {
          seq: 0,
          attempt,
          worker: 1,
          startedAt: null,
          endedAt: attempt,
          outcome: 'bug',
          message: `broke at item${attempt}x`,
          stack: null,
          exitCode: null,
          signal: null,
          peakMemoryBytes: null,
          logTail: null,
          bytes: null,
          rows: null,
          place: null,
        },
      },
    ])
  const total = async (search: string): Promise<number> =>
    (await readerOf(db).jobs({ search, limit: 1, offset: 0 })).total
  expect(await total('item100x')).toBe(1)
  expect(await total('item101x')).toBe(0)
})

// Some of the texts are long, and a busy machine takes its time.
test('no search text is an error', { timeout: 30_000 }, async () => {
  const db = emptyLedger()
  commit(db, runningJob(1, 1))
  const odd = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('"', "'", '*', '(', ')', ' ', 'a', 'NEAR', 'AND', ':', '^', '-', '\0', '\ud800'),
    }),
  )
  await fc.assert(
    fc.asyncProperty(odd, async (search) => {
      const { total } = await readerOf(db).jobs({ search, limit: 5, offset: 0 })
      expect(total).toBeLessThanOrEqual(1)
      await readerOf(db).find(search)
    }),
    { numRuns: 150 },
  )
  const { total } = await readerOf(db).jobs({ search: 'job '.repeat(5000), limit: 5, offset: 0 })
  expect(total).toBe(1)
})
