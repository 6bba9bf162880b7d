import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readJob, readLedger } from './ledger.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-ledger-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const ask = () => Promise.reject(new Error('there is nothing to ask'))

describe('a home without a ledger', () => {
  it('has no jobs, and gets no file by being asked', async () => {
    const file = join(folder, 'gristmill.db')
    expect(await readLedger(file, 'empty', ask)).toBe('empty')
    await expect(readJob(file, 'last', ask)).rejects.toThrow("no job 'last'")
    expect(readdirSync(folder)).toEqual([])
  })

  it('has no jobs either while a host is making the ledger', async () => {
    const file = join(folder, 'gristmill.db')
    writeFileSync(file, '')
    expect(await readLedger(file, 'empty', ask)).toBe('empty')
    await expect(readJob(file, 'last', ask)).rejects.toThrow("no job 'last'")
  })
})
