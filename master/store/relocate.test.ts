import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Input } from '../../contract/dataset.ts'
import { openForReading, openForWriting } from './database.ts'
import { relocateLedger } from './relocate.ts'
import { commit, finished, mapOperation, outcome, readerOf, someJob, started } from './testLedger.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'relocate-'))
  file = join(folder, 'gristmill.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

function inputAt(path: string, spooled: boolean): Input {
  const fingerprint = { bytes: 1, modifiedAt: 1, inode: '1', headTail: '' }
  return { path, name: 'x', bytes: 1, format: 'text', cellBytes: 1, fingerprint, spooled }
}
const fresh = { bytes: 1, modifiedAt: 2, inode: '2', headTail: '' }

test.each(['/old/home', '/old "home"\\ of\tann'])(
  'what lay in the home %j lies in the new one, and nothing else moves',
  async (from) => {
    const to = '/new/home'
    const db = openForWriting(file)
    const inputs = [
      inputAt(`${from}/spool/a`, true),
      { ...inputAt(`${from}/data.txt`, false), mended: `${from}/spool/m` },
      inputAt(`${from}er/spool/b`, true),
    ]
    const answer = { value: [`${from}/out/x`, { deep: from }, `see ${from}/out`, 7, null] }
    commit(db, [
      { type: 'jobMade', job: someJob(1, { inputs, outDir: `${from}/out/one` }) },
      { type: 'jobMade', job: someJob(2, { outDir: '/elsewhere' }) },
      { type: 'operationMade', job: 1, operation: mapOperation },
      {
        type: 'tasksMade',
        job: 1,
        operation: 'map',
        stage: 'count',
        tasks: [{ seq: 0, from: 0, to: 1, args: { path: `${from}/a` } }],
      },
      { type: 'jobMoved', job: 1, from: 'queued', to: 'running', at: 1 },
      started(1, [0]),
      finished(1, [outcome(0, { answer })]),
      {
        type: 'artifactMade',
        job: 1,
        artifact: { name: 'a', path: `${from}/out/one/a`, bytes: 1, mediaType: 't', sha256: '', rows: null },
      },
      {
        type: 'artifactMade',
        job: 2,
        artifact: { name: 'b', path: '/elsewhere/b', bytes: 1, mediaType: 't', sha256: '', rows: null },
      },
    ])
    db.close()
    relocateLedger(file, { from, to, fingerprint: (path) => (path === `${to}/spool/a` ? fresh : null) })
    const moved = openForReading(file)
    const reader = readerOf(moved)
    const one = await reader.ledger(1)
    expect(one.job.outDir).toBe(`${to}/out/one`)
    expect(one.job.inputs).toEqual([
      { ...inputs[0], path: `${to}/spool/a`, fingerprint: fresh },
      { ...inputs[1], mended: `${to}/spool/m` },
      inputs[2],
    ])
    expect(one.artifacts.map(({ path }) => path)).toEqual([`${to}/out/one/a`])
    expect(one.tasks[0]).toMatchObject({
      args: { path: `${to}/a` },
      answer: { value: [`${to}/out/x`, { deep: to }, `see ${from}/out`, 7, null] },
    })
    const two = await reader.ledger(2)
    expect([two.job.outDir, two.artifacts.map(({ path }) => path)]).toEqual(['/elsewhere', ['/elsewhere/b']])
    moved.close()
  },
)
