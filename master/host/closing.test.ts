import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { closeInOrder } from './closing.ts'
import { takeLock } from './lock.ts'

test('a host that cannot close in order says why, and lets go of its lock', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gristmill-closing-'))
  try {
    const path = join(folder, 'lock.db')
    const lock = takeLock(path)
    const done: string[] = []
    const troubles: unknown[] = []
    const first = new Error('a worker would not end')
    const steps = [
      () => void done.push('quiet'),
      () => Promise.reject(first),
      () => {
        throw new Error('the store did not answer')
      },
      () => lock?.release(),
    ]
    await expect(closeInOrder(steps, (error) => troubles.push(error))).rejects.toBe(first)
    expect(done).toEqual(['quiet'])
    expect(troubles.map((error) => (error as Error).message)).toEqual([
      'a worker would not end',
      'the store did not answer',
    ])
    const next = takeLock(path)
    expect(next).not.toBeNull()
    next?.release()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
