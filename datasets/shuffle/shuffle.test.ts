import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import type { FileRef } from '../../contract/outcome.ts'
import { type Part, PartLost, type StageAnswer } from '../../contract/run.ts'
import { makeScratchFolder } from '../../tests/harness/scratchFolder.ts'
import { gatherPartitions, partitionAnswer, segmentsOfBucket } from './directory.ts'
import { PartitionWriter } from './partitionFile.ts'
import { readSegment } from './readSegment.ts'

const folder = makeScratchFolder()
const { context, path: scratch } = folder
afterAll(() => folder.remove())

interface Placed {
  bucket: number
  text: string
}

/** Writes records as a partitioning task does, through an arena of so many bytes. */
function partition(records: readonly Placed[], buckets: number, arenaBytes?: number): StageAnswer {
  const writer = new PartitionWriter(context.scratch('partition'), buckets, arenaBytes)
  for (const { bucket, text } of records) {
    const bytes = Buffer.from(`(${text}\n)`)
    writer.add(bucket, { bytes, start: 1, end: bytes.length - 1 })
  }
  const answer = partitionAnswer(writer.finish())
  writer.release()
  return answer
}

const partOf = ({ value = null, files = {} }: StageAnswer): Part => ({ value, files })
const gather = (answers: readonly StageAnswer[]) => gatherPartitions(answers.map(partOf), context)

function textsOf(directory: StageAnswer, bucket: number): string[] {
  return segmentsOfBucket(partOf(directory), bucket, context).flatMap((segment) => {
    const bytes = Buffer.alloc(segment.bytes)
    readSegment(context, segment, bytes)
    const lines = bytes.toString().split('\n').slice(0, -1)
    expect(lines).toHaveLength(segment.rows)
    return lines
  })
}

const partitionOf = ({ files }: StageAnswer) => files?.['partition'] as FileRef

describe('a shuffle', () => {
  test('gives each bucket its records in the order in which they came, however large the memory and the merges', () => {
    const buckets = 7
    const record = fc.record({
      bucket: fc.nat(buckets - 1),
      text: fc.string({ maxLength: 3000 }).map((text) => text.replaceAll('\n', ' ')),
    })
    const arena = fc.constantFrom(1, 8 * 1024, 20 * 1024, undefined)
    const task = fc.tuple(fc.array(record, { maxLength: 60 }), arena)
    fc.assert(
      fc.property(fc.array(task, { maxLength: 6 }), fc.nat(6), (tasks, cut) => {
        const answers = tasks.map(([records, bytes]) => partition(records, buckets, bytes))
        const halves = [answers.slice(0, cut), answers.slice(cut)].filter((half) => half.length > 0)
        const directory = gather(halves.map(gather))
        const all = tasks.flatMap(([records]) => records)
        expect(directory.value).toEqual({ rows: all.length })
        for (let bucket = 0; bucket < buckets; bucket++)
          expect(textsOf(directory, bucket)).toEqual(
            all.filter((each) => each.bucket === bucket).map(({ text }) => text),
          )
      }),
      { numRuns: 100 },
    )
  })

  test('takes a record that is larger than its memory', () => {
    const large = 'x'.repeat(200_000)
    const records = ['a', large, 'b'].map((text) => ({ bucket: 1, text }))
    expect(textsOf(gather([partition(records, 2, 4096)]), 1)).toEqual(['a', large, 'b'])
  })

  test('of nothing has empty buckets', () => {
    expect(textsOf(gather([]), 0)).toEqual([])
    expect(textsOf(gather([partition([], 3)]), 2)).toEqual([])
  })

  test('says which file is lost, whether it is gone, cut or damaged, so that its task can do its work again', () => {
    const answer = partition([{ bucket: 0, text: 'text' }], 2)
    const directory = gather([answer])
    const { file } = partitionOf(answer)
    const path = join(scratch, file)
    const bytes = readFileSync(path)
    const lost = () => {
      try {
        return textsOf(directory, 0)
      } catch (error) {
        return error instanceof PartLost ? error.file : error
      }
    }
    expect(lost()).toEqual(['text'])
    writeFileSync(path, Buffer.concat([Buffer.from('TEXT'), bytes.subarray(4)]))
    expect(lost()).toBe(file)
    writeFileSync(path, bytes.subarray(1))
    expect(lost()).toBe(file)
    rmSync(path)
    expect(lost()).toBe(file)
  })
})
