import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Input } from '../../../contract/dataset.ts'
import type { FinishedTask, Transition } from '../../../contract/ledger.ts'
import type { RejectedRecord } from '../../../contract/outcome.ts'
import { bytesSource, piecesOf } from '../../../datasets/bytes/grid.ts'
import { commit, emptyLedger, finished, mapOperation, outcome, readerOf, someJob, started } from '../testLedger.ts'

/** An input of so many records, each of so many bytes, in cells of ten bytes. */
function inputOf(index: number, records: readonly number[]): Input {
  const bytes = records.reduce((sum, length) => sum + length, 0)
  return {
    path: `/in/${index}`,
    name: String(index),
    bytes,
    format: 'text',
    cellBytes: 10,
    fingerprint: { bytes, modifiedAt: 0, inode: '', headTail: '' },
    spooled: false,
  }
}

function offsetsOf(records: readonly number[]): number[] {
  let offset = 0
  return records.map((length) => (offset += length) - length)
}

/** Runs a task over its cells as a worker would, rejecting every record that it meets. */
function runTask(
  files: readonly (readonly number[])[],
  { seq, from, to }: { seq: number; from: number; to: number },
): { outcome: FinishedTask; records: RejectedRecord[] } {
  const pieces = piecesOf(
    files.map((file, index) => inputOf(index, file)),
    from,
    to,
  )
  const perPiece = pieces.map((piece) =>
    offsetsOf(files[piece.input] ?? []).filter((offset) => offset >= piece.from && offset < piece.to),
  )
  const records = perPiece.flatMap((offsets, piece) =>
    offsets.map((offset, record) => ({
      input: pieces[piece]?.input ?? 0,
      piece,
      record,
      offset,
      reason: 'odd',
      raw: '?',
    })),
  )
  const tailRows = perPiece.at(-1)?.length ?? 0
  return { outcome: outcome(seq, { tailRows, rows: records.length, rejects: records.length }), records }
}

const files = fc.array(fc.array(fc.integer({ min: 1, max: 35 }), { minLength: 1, maxLength: 12 }), {
  minLength: 1,
  maxLength: 4,
})

/** Cuts [0, cells) where the seed says. */
function splitsOf(cells: number, cuts: readonly number[]): { from: number; to: number }[] {
  const at = [...new Set([0, cells, ...cuts.map((cut) => cut % cells)])].toSorted((one, other) => one - other)
  return at.slice(1).map((to, index) => ({ from: at[index] ?? 0, to }))
}

test('however an input is cut, every record set aside is told with its row, as soon as the tasks before it have succeeded', async () => {
  await fc.assert(
    fc.asyncProperty(files, fc.array(fc.nat(), { maxLength: 12 }), fc.nat(), async (files, cuts, lateAt) => {
      const inputs = files.map((file, index) => inputOf(index, file))
      const splits = splitsOf(bytesSource(inputs).cells, cuts)
      const late = lateAt % splits.length
      // Tasks are numbered backwards: their order in the ledger is not that of their cells.
      const tasks = splits.map((split, index) => ({ ...split, seq: splits.length - 1 - index }))
      const ran = tasks.map((task) => runTask(files, task))
      const db = emptyLedger()
      commit(db, [
        { type: 'jobMade', job: someJob(1, { inputs }) },
        { type: 'operationMade', job: 1, operation: mapOperation },
        { type: 'tasksMade', job: 1, operation: 'map', stage: 'count', tasks: tasks.toReversed() },
        started(
          1,
          tasks.map(({ seq }) => seq),
        ),
        ...ran.map(({ outcome, records }): Transition => ({ type: 'rejected', job: 1, seq: outcome.seq, records })),
        finished(
          1,
          ran.filter((_, index) => index !== late).map(({ outcome }) => outcome),
        ),
      ])
      const truth = files.flatMap((file, index) =>
        offsetsOf(file).map((offset, record) => ({ source: `/in/${index}`, offset, row: record + 1 })),
      )
      const lateEnd = splits[late]?.to ?? 0
      const known = truth.map((reject) => {
        const index = Number(reject.source.slice(4))
        const task = tasks.find(({ from, to }) =>
          piecesOf(inputs, from, to).some(
            (piece) => piece.input === index && piece.from <= reject.offset && reject.offset < piece.to,
          ),
        )
        const inTheMiddle = piecesOf(inputs, task?.from ?? 0, task?.to ?? 0).some(
          (piece) => piece.input === index && piece.from > 0,
        )
        const lateInSameInput = piecesOf(inputs, splits[late]?.from ?? 0, lateEnd).some(({ input }) => input === index)
        return inTheMiddle && lateInSameInput && lateEnd <= (task?.from ?? 0) ? { ...reject, row: null } : reject
      })
      const page = { limit: 1000, offset: 0 }
      const reader = readerOf(db)
      const before = await reader.rejects(1, page)
      expect(before.rejects.map(({ source, offset, row }) => ({ source, offset, row }))).toEqual(known)

      const last = ran[late]
      if (last !== undefined) commit(db, [finished(1, [last.outcome])])
      const after = await reader.rejects(1, page)
      expect(after.rejects.map(({ source, offset, row }) => ({ source, offset, row }))).toEqual(truth)
      expect(after.total).toBe(truth.length)
      const second = await reader.rejects(1, { limit: 2, offset: 1 })
      expect(second.rejects).toEqual(after.rejects.slice(1, 3))
      db.close()
    }),
    { numRuns: 150 },
  )
})

test('a spooled input is told by its name, not by where it lies', async () => {
  const db = emptyLedger()
  const input = { ...inputOf(0, [5]), name: 'stdin', spooled: true }
  commit(db, [
    { type: 'jobMade', job: someJob(1, { inputs: [input] }) },
    { type: 'operationMade', job: 1, operation: mapOperation },
    { type: 'tasksMade', job: 1, operation: 'map', stage: 'count', tasks: [{ seq: 0, from: 0, to: 1 }] },
    { type: 'rejected', job: 1, seq: 0, records: runTask([[5]], { seq: 0, from: 0, to: 1 }).records },
  ])
  const { rejects } = await readerOf(db).rejects(1, { limit: 1, offset: 0 })
  expect(rejects).toEqual([{ source: 'stdin', row: 1, offset: 0, reason: 'odd', raw: '?' }])
})

test('texts are found by the places that rejects tell: of files, of spooled ones, and of listed values', async () => {
  const db = emptyLedger()
  const inputs = [inputOf(0, [5, 5]), { ...inputOf(1, [5]), name: 'stdin', spooled: true }]
  const record = { piece: 0, record: 0, reason: 'odd' }
  commit(db, [
    { type: 'jobMade', job: someJob(1, { inputs }) },
    { type: 'operationMade', job: 1, operation: mapOperation },
    { type: 'tasksMade', job: 1, operation: 'map', stage: 'count', tasks: [{ seq: 0, from: 0, to: 1 }] },
    {
      type: 'rejected',
      job: 1,
      seq: 0,
      records: [
        { ...record, input: 0, offset: 5, raw: 'of the file' },
        { ...record, input: 1, offset: 0, raw: 'of stdin' },
        { ...record, input: 2, offset: 7, raw: 'listed' },
      ],
    },
  ])
  const places = [
    { source: '/in/0', offset: 5 },
    { source: 'stdin', offset: 0 },
    { source: 'params', offset: 7 },
    { source: '/in/0', offset: 0 },
    { source: '/in/1', offset: 0 },
  ]
  expect(await readerOf(db).rejectedAt(1, places)).toEqual(['of the file', 'of stdin', 'listed', null, null])
})
