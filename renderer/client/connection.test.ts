import { describe, expect, it } from 'vitest'
import { connect, pauseMs, type Socket } from './connection.ts'

/** A socket whose fate the test decides. */
class TestSocket extends EventTarget implements Socket {
  readyState: Socket['readyState'] = 0
  send() {}
  close() {
    this.end()
  }
  begin() {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }
  end() {
    this.readyState = 3
    this.dispatchEvent(new Event('close'))
  }
}

function setUp(isSessionOver?: () => Promise<boolean>) {
  const sockets: TestSocket[] = []
  let due: (() => void) | null = null
  const connection = connect({
    openSocket() {
      const socket = new TestSocket()
      sockets.push(socket)
      return socket
    },
    schedule(callback) {
      due = callback
      return () => {
        due = null
      }
    },
    random: () => 1,
    ...(isSessionOver === undefined ? {} : { isSessionOver }),
  })
  const passPause = () => {
    const callback = due
    due = null
    callback?.()
  }
  const newest = () => {
    const socket = sockets.at(-1)
    if (socket === undefined) throw new Error('no socket was opened')
    return socket
  }
  const status = () => connection.state.getState().status
  return { connection, sockets, newest, passPause, status, isWaiting: () => due !== null }
}

describe('the connection to the host', () => {
  it('is away after a loss and open again after the next success', () => {
    const { newest, passPause, status } = setUp()
    expect(status()).toBe('connecting')
    newest().begin()
    expect(status()).toBe('open')
    newest().end()
    expect(status()).toBe('away')
    passPause()
    newest().begin()
    expect(status()).toBe('open')
  })

  it('gives whoever asked while it was away the link of the next socket', async () => {
    const { connection, newest, passPause } = setUp()
    newest().begin()
    const before = await connection.link()
    newest().end()
    const asked = connection.link()
    passPause()
    newest().begin()
    expect(await asked).not.toBe(before)
    expect(await connection.link()).toBe(await asked)
  })

  it('says that it was refused when it was never let in', () => {
    const { newest, passPause, status } = setUp()
    newest().end()
    passPause()
    newest().end()
    expect(status()).toBe('connecting')
    passPause()
    newest().end()
    expect(status()).toBe('refused')
    passPause()
    newest().begin()
    expect(status()).toBe('open')
  })

  it('tries at once when asked, instead of and not besides the planned try', () => {
    const { connection, sockets, newest, isWaiting } = setUp()
    newest().begin()
    newest().end()
    connection.retryNow()
    expect(sockets.length).toBe(2)
    expect(isWaiting()).toBe(false)
  })

  it('does not open a second socket while one is opening or open', () => {
    const { connection, sockets, newest } = setUp()
    connection.retryNow()
    newest().begin()
    connection.retryNow()
    newest().end()
    connection.retryNow()
    connection.retryNow()
    expect(sockets.length).toBe(2)
  })

  it('says that its session is over when the host that is back knows it no more, until it is let in again', async () => {
    let isOver = false
    const { newest, passPause, status } = setUp(() => Promise.resolve(isOver))
    newest().begin()
    newest().end()
    await Promise.resolve()
    expect(status()).toBe('away')
    isOver = true
    passPause()
    newest().end()
    await expect.poll(status).toBe('ended')
    passPause()
    newest().end()
    expect(status()).toBe('ended')
    passPause()
    newest().begin()
    expect(status()).toBe('open')
  })

  it('says at once that it was refused where the host that answers has never let it in', async () => {
    const { newest, status } = setUp(() => Promise.resolve(true))
    newest().end()
    await expect.poll(status).toBe('refused')
  })

  it('takes no notice of an answer that comes after it was let in', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const { newest, passPause, status } = setUp(() => promise)
    newest().begin()
    newest().end()
    passPause()
    newest().begin()
    resolve(true)
    await promise
    expect(status()).toBe('open')
  })

  it('stays closed when it has been closed', () => {
    const { connection, sockets, newest, isWaiting } = setUp()
    newest().begin()
    connection.close()
    expect(isWaiting()).toBe(false)
    connection.retryNow()
    expect(sockets.length).toBe(1)
  })
})

it('pauses between tries grow to five seconds and no further', () => {
  expect([1, 2, 3, 4, 5, 6, 60].map((tries) => pauseMs(tries, 1))).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000])
  expect(pauseMs(1, 0)).toBe(125)
})
