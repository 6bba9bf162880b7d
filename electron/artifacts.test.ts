import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { refuse, succeed } from '../contract/commandError.ts'
import { openArtifact, revealArtifact } from './artifacts.ts'

const folder = mkdtempSync(join(tmpdir(), 'gristmill-artifacts-'))
writeFileSync(join(folder, 'words.csv'), 'word,count\n')
afterAll(() => rmSync(folder, { recursive: true }))

/** A ledger that knows one job. */
function clientWith(artifact: { name: string; mediaType: string; path: string }) {
  const document = { artifacts: [{ ...artifact, bytes: 1, sha256: '', rows: null }] }
  const get = ({ job }: { job: string }) =>
    Promise.resolve(job === 'a' ? succeed({ document }) : refuse('unknown-job', `there is no job ${job}`))
  return { jobs: { get } }
}

function shell(reason = '') {
  const done: string[] = []
  return {
    done,
    showItemInFolder: (path: string) => void done.push(`show ${path}`),
    async openPath(path: string) {
      done.push(`open ${path}`)
      return reason
    },
  }
}

const words = { name: 'words.csv', mediaType: 'text/csv', path: join(folder, 'words.csv') }

test('an artifact is shown and opened where the ledger says that it lies', async () => {
  const system = shell()
  const named = { job: 'a', name: 'words.csv' }
  expect(await revealArtifact(clientWith(words), named, system)).toEqual({ ok: true, value: null })
  expect(await openArtifact(clientWith(words), named, system)).toEqual({ ok: true, value: null })
  expect(system.done).toEqual([`show ${words.path}`, `open ${words.path}`])
})

test('another job, another name, a file that is gone: nothing is shown, and it is said why', async () => {
  const system = shell()
  const gone = { ...words, path: join(folder, 'gone.csv') }
  const said = [
    await revealArtifact(clientWith(words), { job: 'b', name: 'words.csv' }, system),
    await revealArtifact(clientWith(words), { job: 'a', name: '../words.csv' }, system),
    await revealArtifact(clientWith(gone), { job: 'a', name: 'words.csv' }, system),
  ]
  expect(said.map((result) => (result.ok ? 'shown' : result.error.code))).toEqual([
    'unknown-job',
    'input-missing',
    'input-missing',
  ])
  expect(JSON.stringify(said)).not.toContain(folder)
  expect(system.done).toEqual([])
})

test('what the system might run is not opened, and a system that cannot open it says so', async () => {
  const system = shell('no program for it')
  const program = { ...words, mediaType: 'application/x-executable' }
  const refused = await openArtifact(clientWith(program), { job: 'a', name: 'words.csv' }, system)
  expect(refused).toMatchObject({ ok: false, error: { code: 'not-allowed' } })
  expect(system.done).toEqual([])
  const failed = await openArtifact(clientWith(words), { job: 'a', name: 'words.csv' }, system)
  expect(failed).toMatchObject({ ok: false, error: { message: expect.stringContaining('no program for it') } })
})
