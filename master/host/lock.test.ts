import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { takeLock, waitForLock } from './lock.ts'

let folder: string
let path: string
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-lock-'))
  path = join(folder, 'lock.db')
})
afterEach(async () => {
  for (const child of children.splice(0)) await end(child)
  rmSync(folder, { recursive: true })
})

function holder(mode = 'take'): ChildProcess {
  const child = fork(join(import.meta.dirname, 'fixtures/lockHolder.ts'), [path, mode], { stdio: 'ignore' })
  children.push(child)
  return child
}

async function says(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, 'message')
  return message
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

test('a second taker gets nothing while the first one lives, stopped or not', async () => {
  const first = holder()
  expect(await says(first)).toBe('held')
  expect(takeLock(path)).toBeNull()
  expect(await says(holder())).toBe('refused')
  first.kill('SIGSTOP')
  expect(takeLock(path)).toBeNull()
  expect(await says(holder())).toBe('refused')
})

test('the lock is free as soon as its holder is killed', async () => {
  const first = holder()
  await says(first)
  await end(first)
  const lock = takeLock(path)
  expect(lock).not.toBeNull()
  lock?.release()
})

test('a process cannot take its own lock twice, and trying does not free it', async () => {
  const lock = takeLock(path)
  expect(takeLock(path)).toBeNull()
  expect(await says(holder())).toBe('refused')
  lock?.release()
  lock?.release()
  expect(await says(holder())).toBe('held')
})

test('who waits gets it when it is released', async () => {
  const lock = takeLock(path)
  const waiting = holder('wait')
  expect(await says(waiting)).toBe('waiting')
  const held = says(waiting)
  lock?.release()
  expect(await held).toBe('held')
  expect(takeLock(path)).toBeNull()
})

test('waiting ends when it is told to', async () => {
  const lock = takeLock(path)
  const reason = new Error('enough')
  const stop = new AbortController()
  const waiting = waitForLock(path, { signal: stop.signal, pollMs: 60_000 })
  stop.abort(reason)
  await expect(waiting).rejects.toBe(reason)
  await expect(waitForLock(path, { signal: stop.signal })).rejects.toBe(reason)
  lock?.release()
})

test('a folder that is not there is an error of the store, not a lock that is held', () => {
  expect(() => takeLock(join(folder, 'missing', 'lock.db'))).toThrow(/cannot lock/)
})
