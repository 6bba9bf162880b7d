import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openOwnHost, type OwnHost } from './fixtures/ownHost.ts'
import { handOver } from './handover.ts'
import type { Host } from './host.ts'
import { takeLock, waitForLock, type Lock } from './lock.ts'
import { reachHost, type ReachOptions } from './reach.ts'

let folder: string
let paths: { lock: string; socket: string }
let opened: OwnHost[] = []
const children: ChildProcess[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-reach-'))
  paths = { lock: join(folder, 'lock.db'), socket: join(folder, 'host.sock') }
})
afterEach(async () => {
  for (const host of opened) await host.close('the test is over')
  opened = []
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
  rmSync(folder, { recursive: true })
})

async function openHere(lock: Lock): Promise<Host> {
  const host = await openOwnHost(lock, paths.socket)
  opened.push(host)
  return host as Host
}
const options = (): ReachOptions => ({ paths, openHere })

function startProcess(mode = ''): ChildProcess {
  const args = [join(import.meta.dirname, 'fixtures/hostProcess.ts'), paths.lock, paths.socket, mode]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit', 'ipc'] })
  children.push(child)
  return child
}

async function startHost(): Promise<ChildProcess> {
  const child = startProcess()
  await once(child.stdout!, 'data')
  return child
}

test('a free home is opened here', async () => {
  const reached = await reachHost(options())
  if (!reached.ok) throw new Error(reached.error.message)
  expect(reached.value.owned).toBe(opened[0])
  expect((await reached.value.client.host.info()).pid).toBe(process.pid)
  expect(takeLock(paths.lock)).toBeNull()
})

test('a home with a master is reached as its client', async () => {
  const child = await startHost()
  const reached = await reachHost(options())
  if (!reached.ok) throw new Error(reached.error.message)
  expect(reached.value.owned).toBeNull()
  expect((await reached.value.client.host.info()).pid).toBe(child.pid)
  reached.value.close()
})

test('a client whose host is killed is told so, and the next time it is the master itself', async () => {
  const child = await startHost()
  const first = await reachHost(options())
  if (!first.ok) throw new Error(first.error.message)
  const deltas = await first.value.client.host.watch({})
  expect(first.value.lost).toBe(false)
  child.kill('SIGKILL')
  const reading = (async () => {
    for await (const _ of deltas);
  })()
  await expect(reading).rejects.toThrow()
  expect(first.value.lost).toBe(true)
  const next = await reachHost(options())
  if (!next.ok) throw new Error(next.error.message)
  expect((await next.value.client.host.info()).pid).toBe(process.pid)
  expect(next.value.owned).not.toBeNull()
})

test('a lock that is held by a process that never listens is told as such', async () => {
  const lock = takeLock(paths.lock)
  const refused = await reachHost({ ...options(), patienceMs: 1 })
  expect(refused).toMatchObject({ ok: false, error: { code: 'unavailable' } })
  lock?.release()
})

test('a host that cannot open leaves the lock free', async () => {
  const failing = reachHost({ paths, openHere: () => Promise.reject(new Error('no database')) })
  await expect(failing).rejects.toThrow('no database')
  const lock = takeLock(paths.lock)
  expect(lock).not.toBeNull()
  lock?.release()
})

describe('handOver', () => {
  async function master(): Promise<OwnHost> {
    const host = await openOwnHost(await waitForLock(paths.lock), paths.socket)
    opened.push(host)
    return host
  }

  test('the successor is the master when the outgoing host has closed', async () => {
    const host = await master()
    const successor = startProcess()
    const listening = once(successor.stdout!, 'data')
    expect(await handOver({ host, startBackground: () => successor, reason: 'test' })).toEqual({
      ok: true,
      value: null,
    })
    await listening
    const reached = await reachHost(options())
    if (!reached.ok) throw new Error(reached.error.message)
    expect((await reached.value.client.host.info()).pid).toBe(successor.pid)
    expect(successor.connected).toBe(false)
    reached.value.close()
  })

  test.each([
    ['ends before it waits', 'broken', 30_000, 'exit code 9'],
    ['does not get ready in time', 'mute', 1, 'not ready within'],
  ])('a successor that %s leaves the host as it was', async (...[, mode, patienceMs, reason]) => {
    const host = await master()
    const refused = await handOver({ host, startBackground: () => startProcess(mode), reason: 'test', patienceMs })
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'unavailable', message: expect.stringContaining(reason) },
    })
    expect(takeLock(paths.lock)).toBeNull()
    const reached = await reachHost({ ...options(), patienceMs: 1000 })
    expect(reached.ok).toBe(true)
    if (reached.ok) reached.value.close()
  })
})
