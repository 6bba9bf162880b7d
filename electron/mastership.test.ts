import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { protocolVersion, type HostInfo } from '../contract/api.ts'
import { succeed, type CommandResult } from '../contract/commandError.ts'
import { routerMakingWay } from '../master/host/fixtures/smallHost.ts'
import { takeLock, type Lock } from '../master/host/lock.ts'
import { listenOnSocket, type SocketServer } from '../master/host/socket.ts'
import { becomeMaster, type Predecessor } from './mastership.ts'

/** Hosts of other processes, as far as they can be met: a lock that is held and a socket that answers. */
let home: string
const open: { lock: Lock | null; server: SocketServer }[] = []
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gristmill-master-'))
})
afterEach(async () => {
  for (const { server } of open.splice(0)) await server.close()
  rmSync(home, { recursive: true })
})

const paths = () => ({ home, lock: join(home, 'lock.db'), socket: join(home, 's.sock') })

async function hostIn(
  mode: HostInfo['mode'],
  answer: (lock: Lock | null) => Promise<CommandResult<null>> = makeWay,
): Promise<{ reasons: string[] }> {
  const lock = takeLock(paths().lock)
  const reasons: string[] = []
  const router = routerMakingWay((reason) => {
    reasons.push(reason)
    return answer(lock)
  })
  const hello: HostInfo = { version: '1', protocol: protocolVersion, pid: 4711, mode, home, cores: 1, roots: [] }
  const server = await listenOnSocket({
    path: paths().socket,
    router,
    context: { caller: { trust: 'person' } },
    hello,
    onError: (error) => reasons.push(String(error)),
  })
  open.push({ lock, server })
  return { reasons }
}

async function makeWay(lock: Lock | null): Promise<CommandResult<null>> {
  setImmediate(() => lock?.release())
  return succeed(null)
}

const never = () => Promise.reject(new Error('nobody is asked'))

test('a free home is taken at once', async () => {
  const taken = await becomeMaster({ paths: paths(), mayTakeFrom: never })
  if (!taken.ok) throw new Error(taken.error.message)
  expect(takeLock(paths().lock)).toBeNull()
  taken.value.release()
})

test.each(['background', 'run'] as const)('a %s host makes way without a question', async (mode) => {
  const { reasons } = await hostIn(mode)
  const taken = await becomeMaster({ paths: paths(), mayTakeFrom: never })
  expect(taken.ok).toBe(true)
  expect(reasons).toEqual(['the desktop app was opened'])
  if (taken.ok) taken.value.release()
})

test('a host that is killed while it is asked leaves its home to who asked', async () => {
  const { reasons } = await hostIn('background', async (lock) => {
    lock?.release()
    await open[0]?.server.close()
    return await new Promise<never>(() => undefined)
  })
  const taken = await becomeMaster({ paths: paths(), mayTakeFrom: never })
  expect([taken.ok, reasons]).toEqual([true, ['the desktop app was opened']])
  if (taken.ok) taken.value.release()
})

test('a host that hangs when it is asked is told after a while', async () => {
  await hostIn('background', () => new Promise<never>(() => undefined))
  const taken = await becomeMaster({ paths: paths(), mayTakeFrom: never, patienceMs: 300 })
  expect(taken).toMatchObject({ ok: false, error: { code: 'unavailable' } })
})

test('a host that people look at makes way only when the person says so', async () => {
  const { reasons } = await hostIn('serve')
  const asked: Predecessor[] = []
  const answer = (may: boolean) => async (predecessor: Predecessor) => {
    asked.push(predecessor)
    return may
  }
  const kept = await becomeMaster({ paths: paths(), mayTakeFrom: answer(false) })
  expect(kept).toMatchObject({ ok: false, error: { message: expect.stringContaining('4711') } })
  expect(reasons).toEqual([])
  const taken = await becomeMaster({ paths: paths(), mayTakeFrom: answer(true) })
  expect(taken.ok).toBe(true)
  expect(asked).toEqual([
    { mode: 'serve', pid: 4711 },
    { mode: 'serve', pid: 4711 },
  ])
  if (taken.ok) taken.value.release()
})

test('a lock that is held without anybody who answers is told after a while', async () => {
  const lock = takeLock(paths().lock)
  const taken = await becomeMaster({ paths: paths(), mayTakeFrom: never, patienceMs: 60 })
  expect(taken).toMatchObject({ ok: false, error: { code: 'unavailable' } })
  lock?.release()
})
