import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openOwnHost, type OwnHost } from '../master/host/fixtures/ownHost.ts'
import { homePaths, prepareHome, type HomePaths } from '../master/host/home.ts'
import type { Host } from '../master/host/host.ts'
import { takeLock } from '../master/host/lock.ts'
import { valueOf } from './exitCodes.ts'
import { quietContext } from './fixtures/quietContext.ts'
import { takeBackgroundSeat, takeSeat, type Openers, type Seat } from './seat.ts'

/** Real locks and sockets; hosts elsewhere are real processes over a small part of the contract. */
const hostProcess = resolve(import.meta.dirname, '../master/host/fixtures/hostProcess.ts')

let home: string
let paths: HomePaths
let busy: boolean
const opened: OwnHost[] = []
const children: ChildProcess[] = []
beforeEach(async () => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'gristmill-seat-')))
  paths = valueOf(await prepareHome(home))
  busy = false
})
afterEach(async () => {
  for (const host of opened.splice(0)) await host.close('the test is over')
  for (const child of children.splice(0)) await end(child)
  rmSync(home, { recursive: true })
})

function startProcess(mode = ''): ChildProcess {
  const args = [hostProcess, paths.lock, paths.socket, mode]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit', 'ipc'] })
  children.push(child)
  return child
}

async function startHost(): Promise<ChildProcess> {
  const child = startProcess()
  await untilListening(child)
  return child
}

async function untilListening(child: ChildProcess | undefined): Promise<void> {
  if (child?.stdout == null) throw new Error('there is no such process')
  await once(child.stdout, 'data')
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

const openers: Openers = {
  async here(_opening, lock) {
    const host = await openOwnHost(lock, paths.socket)
    opened.push(host)
    return Object.defineProperty(host, 'busy', { get: () => busy }) as Host
  },
  background: () => startProcess(),
}

const context = quietContext()
const take = () => takeSeat({ home, mode: 'run', roots: [], context }, openers)
const pidAt = async (seat: Seat) => (await seat.client.host.info()).pid

describe('a seat', () => {
  test('is at a host here when nobody else is the master; leaving it lets the lock go', async () => {
    const seat = await take()
    expect(seat.own).toBe(opened[0])
    expect(seat.spool).toBe(homePaths(home).spool)
    expect(takeLock(paths.lock)).toBeNull()
    await seat.leave({ keepGoing: true })
    takeLock(paths.lock)?.release()
    expect(seat.lost).toBe(true)
  })

  test('is at the host elsewhere when there is one, which stays when it is left', async () => {
    const other = await startHost()
    const seat = await take()
    expect(seat.own).toBeNull()
    expect(await pidAt(seat)).toBe(other.pid)
    await seat.leave({ keepGoing: false })
    expect(takeLock(paths.lock)).toBeNull()
  })

  test('is lost with its host, and moves here when nobody else follows', async () => {
    const other = await startHost()
    const seat = await take()
    await end(other)
    await expect.poll(() => seat.lost).toBe(true)
    await seat.move()
    expect(seat.own).toBe(opened[0])
    expect(await pidAt(seat)).toBe(process.pid)
  })

  test('moves to whoever asked an own host to make way', async () => {
    const seat = await take()
    const other = startProcess()
    await once(other, 'message')
    await opened[0]?.close('asked to make way')
    await seat.move()
    expect(seat.own).toBeNull()
    expect(await pidAt(seat)).toBe(other.pid)
    await seat.leave({ keepGoing: false })
  })

  test('leaves jobs that go on to a background host', async () => {
    const seat = await take()
    busy = true
    await seat.leave({ keepGoing: true })
    expect(context.noted.at(-1)).toContain('other jobs go on in a background host')
    expect(children).toHaveLength(1)
    await untilListening(children[0])
    const next = await take()
    expect(await pidAt(next)).toBe(children[0]?.pid)
    await next.leave({ keepGoing: false })
  })

  test('leaves nothing running when it is not to go on', async () => {
    const seat = await take()
    busy = true
    await seat.leave({ keepGoing: false })
    expect(children).toHaveLength(0)
    takeLock(paths.lock)?.release()
  })

  test('closes its host, and says so, when no background host can be had', async () => {
    const seat = await takeSeat(
      { home, mode: 'run', roots: [], context },
      { ...openers, background: () => startProcess('broken') },
    )
    busy = true
    await seat.leave({ keepGoing: true })
    expect(context.noted.at(-1)).toMatch(/cannot hand over .*exit code 9.*the other jobs go on with the next host/)
    takeLock(paths.lock)?.release()
  })
})

describe('a seat at a host that outlives this process', () => {
  test('is at the one that runs', async () => {
    const other = await startHost()
    const seat = await takeBackgroundSeat({ home, context }, openers)
    expect(await pidAt(seat)).toBe(other.pid)
    await seat.leave({ keepGoing: true })
    expect(children).toHaveLength(1)
  })

  test('is at one that is started for it', async () => {
    const seat = await takeBackgroundSeat({ home, context }, openers)
    expect(await pidAt(seat)).toBe(children[0]?.pid)
    await seat.leave({ keepGoing: true })
    expect(seat.own).toBeNull()
  })

  test('is refused when none can be started', async () => {
    const broken = { background: () => startProcess('broken') }
    await expect(takeBackgroundSeat({ home, context }, broken)).rejects.toThrow('cannot start a background host; see')
  })

  test('does not move to another one', async () => {
    const seat = await takeBackgroundSeat({ home, context }, openers)
    await expect(seat.move()).rejects.toThrow('the background host has ended')
    await seat.leave({ keepGoing: true })
  })
})
