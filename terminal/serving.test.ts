import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { succeed } from '../contract/commandError.ts'
import { tryHost } from '../master/host/client.ts'
import { openOwnHost, type OwnHost } from '../master/host/fixtures/ownHost.ts'
import { info, routerMakingWay, smallRouter } from '../master/host/fixtures/smallHost.ts'
import type { Caller } from '../master/host/host.ts'
import { takeLock } from '../master/host/lock.ts'
import { listenOnSocket } from '../master/host/socket.ts'
import { openSpool } from '../master/host/spool.ts'
import { quietContext } from './fixtures/quietContext.ts'
import { becomeMaster, serveHost, waitInLine, type ServedHost } from './serving.ts'

let folder: string
let paths: { home: string; lock: string; socket: string }
let own: OwnHost | null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-serving-'))
  paths = { home: folder, lock: join(folder, 'lock.db'), socket: join(folder, 'host.sock') }
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Gristmill</title>')
  own = null
})
afterEach(async () => {
  await own?.close('the test is over')
  rmSync(folder, { recursive: true })
})

/** A real socket and a real dashboard; `looks` is told of each look at whether the host is busy. */
async function openServed(busy: () => boolean = () => false): Promise<ServedHost> {
  const lock = takeLock(paths.lock)
  if (lock === null) throw new Error('the lock is held')
  const opened = await openOwnHost(lock, paths.socket)
  own = opened
  return {
    router: smallRouter,
    client: opened.client,
    uploads: openSpool({ folder, maxBytes: 1 }),
    closed: opened.closed,
    inviteBy: () => undefined,
    get busy() {
      return busy()
    },
    get clients() {
      return opened.clients
    },
  }
}

const serve = (host: ServedHost, changes: { endWhenIdleMs?: number; port?: number } = {}) => {
  const context = quietContext({ renderer: folder })
  const serving = { port: 0, open: false, endWhenIdleMs: null, context, ...changes }
  return { ended: serveHost(serving, host), context }
}

/** Calls back at each look, and resolves when the host has been looked at so often. */
function countLooks(wanted: number): { reached: Promise<void>; look: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  let looks = 0
  return { reached: promise, look: () => void (++looks === wanted && resolve()) }
}

describe('a host in the background', () => {
  test('ends when nothing is to do and nobody is connected', async () => {
    const { ended, context } = serve(await openServed(), { endWhenIdleMs: 20 })
    await ended
    expect(context.printed).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#/)])
  })

  test('stays while a client is connected on the socket, and ends after it has left', async () => {
    const { reached, look } = countLooks(20)
    const host = await openServed(() => {
      look()
      return false
    })
    const connection = await tryHost(paths.socket)
    if (connection?.ok !== true) throw new Error('nobody answers')
    expect(host.clients).toBe(1)
    const { ended } = serve(host, { endWhenIdleMs: 20 })
    let over = false
    void ended.then(() => (over = true))
    await reached
    expect(over, 'twenty looks are five times as long as it waits when alone').toBe(false)
    connection.value.close()
    await ended
    expect(host.clients).toBe(0)
  })

  test('stays while there is work', async () => {
    let busy = true
    const { reached, look } = countLooks(20)
    const host = await openServed(() => {
      look()
      return busy
    })
    const { ended } = serve(host, { endWhenIdleMs: 20 })
    let over = false
    void ended.then(() => (over = true))
    await reached
    expect(over).toBe(false)
    busy = false
    await ended
  })
})

describe('a host that was asked to stay', () => {
  test('ends when the host does', async () => {
    const { ended } = serve(await openServed())
    await own?.close('asked to hand over')
    await ended
  })

  test('says on which port it cannot listen', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    await expect(serve(await openServed(), { port }).ended).rejects.toThrow(`cannot listen on 127.0.0.1:${port}`)
    taken.close()
  })
})

describe('becoming the master', () => {
  test('takes a free lock', async () => {
    const lock = await becomeMaster(paths)
    expect(takeLock(paths.lock)).toBeNull()
    lock.release()
  })

  test('asks a host that only works off jobs to make way, and takes its place', async () => {
    const lock = takeLock(paths.lock)
    const router = routerMakingWay(async () => {
      lock?.release()
      return succeed(null)
    })
    const server = await listenOnSocket({ ...doorOf('run'), router })
    const taken = await becomeMaster(paths)
    taken.release()
    await server.close()
  })

  test('takes the place of a host that is killed while it is asked', async () => {
    const lock = takeLock(paths.lock)
    const router = routerMakingWay(async () => {
      lock?.release()
      await server.close()
      return await new Promise<never>(() => undefined)
    })
    const server = await listenOnSocket({ ...doorOf('run'), router })
    const taken = await becomeMaster(paths)
    taken.release()
  })

  test('leaves another host with a dashboard alone', async () => {
    const lock = takeLock(paths.lock)
    const server = await listenOnSocket({ ...doorOf('serve'), router: smallRouter })
    await expect(becomeMaster(paths)).rejects.toThrow(`process ${process.pid} already does`)
    await server.close()
    lock?.release()
  })

  test('gives up on a lock that is not let go of', async () => {
    const lock = takeLock(paths.lock)
    await expect(waitInLine(paths, 20)).rejects.toThrow('another process keeps its lock')
    lock?.release()
  })
})

function doorOf(mode: 'run' | 'serve') {
  const context: { caller: Caller } = { caller: { trust: 'person' } }
  return { path: paths.socket, context, hello: { ...info, mode }, onError: () => undefined }
}
