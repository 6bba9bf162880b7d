import { getPriority } from 'node:os'
import { join, parse } from 'node:path'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { workerHandleContract } from '../master/fleet/workerHandle.contract.ts'
import type { WorkerExit, WorkerHandle } from '../master/fleet/workerHandle.ts'
import { app, openGate } from '../tests/desktop/double/app.ts'
import { utilityProcess } from '../tests/desktop/double/utilityProcess.ts'
import { type Fork, serviceNameOf, utilityWorker } from './utilityWorker.ts'

/** Against the double's utility processes: real processes, given what Electron gives. */
const entry = join(import.meta.dirname, '../master/fleet/fixtures/obedientWorker.ts')
const fork: Fork = utilityProcess.fork

beforeAll(async () => {
  openGate()
  await app.whenReady()
})

workerHandleContract('utilityWorker', (slot) => utilityWorker({ entry, slot, env: process.env }, fork), false)

const handles: WorkerHandle[] = []
afterEach(async () => {
  const ends = handles.map((handle) => exitOf(handle))
  for (const handle of handles.splice(0)) handle.kill()
  await Promise.all(ends)
})

function begin(options: Partial<Parameters<typeof utilityWorker>[0]> = {}): WorkerHandle {
  const handle = utilityWorker({ entry, slot: 2, env: process.env, ...options }, fork)
  handles.push(handle)
  return handle
}

function exitOf(handle: WorkerHandle): Promise<WorkerExit> {
  return new Promise((resolve) => handle.onExit(resolve))
}

function ask(handle: WorkerHandle, act: string): Promise<string> {
  const answer = new Promise<string>((resolve) =>
    handle.onMessage((message) => {
      if (message.type === 'inspected') resolve(message.reply.ok ? '' : message.reply.message)
    }),
  )
  handle.post({ type: 'inspect', request: 1, path: act })
  return answer
}

test('a worker sees only the variables on the list, and stands in the root folder below normal priority', async () => {
  const handle = begin({ env: { ...process.env, SECRET_TOKEN: 'x' } })
  expect(await ask(handle, 'env SECRET_TOKEN')).toBe('(unset)')
  expect(await ask(handle, 'cwd')).toBe(parse(entry).root)
  expect(getPriority(handle.pid ?? 0)).toBeGreaterThan(getPriority(0))
})

test('a heap limit reaches V8 the one way that Electron lets through', async () => {
  const handle = begin({ heapMb: 32 })
  expect(await ask(handle, 'execArgv')).toContain('--max-old-space-size=32')
})

test('a worker that is killed before it runs does not run', async () => {
  const handle = begin()
  handle.kill()
  expect(await exitOf(handle)).toMatchObject({ expected: true })
})

test('an entry that cannot be loaded is an unexpected exit that tells why', async () => {
  const exit = await exitOf(begin({ entry: join(import.meta.dirname, 'missingEntry.js') }))
  expect(exit.expected).toBe(false)
  expect(exit.logTail).toContain('missingEntry.js')
})

test('each slot has a name of its own', () => {
  expect(serviceNameOf(3)).toBe('gristmill-worker-3')
})
