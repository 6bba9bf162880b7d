import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Input } from './dataset.ts'
import { type Job, jobBriefSchema } from './job.ts'
import { boundDocument, briefOf } from './jobBrief.ts'

function sampleJob(changes: Partial<Job>): Job {
  const asked = { id: '1', name: 'a', kind: 'a', kindVersion: 1, state: 'queued', params: {}, inputs: [] } as const
  const wishes = { outDir: null, force: false, priority: 0, workers: null, maxRejects: null, split: null }
  const words = { tags: [], note: '', parentId: null, host: 'here', versions: {} }
  const instants = { createdAt: 0, startedAt: null, finishedAt: null }
  const tasks = { total: 0, succeeded: 0, failed: 0, cancelled: 0, replaced: 0, unfinished: 0 }
  const timing = { planMs: null, workMs: null, mergeMs: null, wallMs: null, cpuMs: null, overheadMsPerTask: null }
  const figures = { tasks, attempts: 0, rejects: 0, bytes: 0, rows: 0, timing }
  return { ...asked, inputs: [], ...wishes, ...words, ...instants, ...figures, ...changes }
}

function inputs(count: number): Input[] {
  const fingerprint = { bytes: 10, modifiedAt: 0, inode: '1', headTail: '' }
  return Array.from({ length: count }, (_, index) => ({
    path: `/data/${index}/${'deep/'.repeat(50)}part.txt`,
    name: `part-${index}.txt`,
    bytes: 10,
    format: 'text',
    cellBytes: 65_536,
    fingerprint,
    spooled: false,
  }))
}

test('a job with a hundred thousand inputs and a million values is told in a few kilobytes', () => {
  const candidates = Array.from({ length: 1_000_000 }, (_, index) => index)
  const brief = briefOf(sampleJob({ inputs: inputs(100_000), params: { mode: 'check', candidates, list: false } }))
  expect(JSON.stringify(brief).length).toBeLessThan(4096)
  expect(jobBriefSchema.parse(brief)).toEqual(brief)
  expect(brief.inputs).toMatchObject({ count: 100_000, bytes: 1_000_000, first: [{ name: 'part-0.txt' }, {}, {}] })
  expect(brief.params).toEqual({ mode: 'check', list: false })
  expect(brief.paramsLeftOut).toEqual(['candidates'])
})

test('a document says what it leaves out, and leaves out nothing of a usual job', () => {
  const usual = { job: sampleJob({ inputs: inputs(20), params: { top: 5 } }), result: null, artifacts: [] }
  expect(boundDocument(usual)).toEqual({ document: usual, leftOut: { inputs: 0, params: [] } })
  const huge = { ...usual, job: sampleJob({ inputs: inputs(5000), params: { values: Array(200_000).fill(1) } }) }
  const { document, leftOut } = boundDocument(huge)
  expect(leftOut).toEqual({ inputs: 4000, params: ['values'] })
  expect(document.job.inputs).toEqual(huge.job.inputs.slice(0, 1000))
})

test('whatever the params are, the brief ones are bounded and none is lost from sight', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), fc.jsonValue()), (all) => {
      const params = JSON.parse(JSON.stringify(all)) as ReturnType<typeof sampleJob>['params']
      const brief = briefOf(sampleJob({ params }))
      const values = Object.values(brief.params).reduce((sum: number, value) => sum + JSON.stringify(value).length, 0)
      expect(values).toBeLessThanOrEqual(1024)
      expect([...Object.keys(brief.params), ...brief.paramsLeftOut].toSorted()).toEqual(Object.keys(params).toSorted())
    }),
  )
})
