import { afterEach, describe, expect, test } from 'vitest'
import type { FromWorker } from '../../contract/workerMessages.ts'
import type { StartWorker, WorkerExit, WorkerHandle } from './workerHandle.ts'
import { injected } from '../../tests/harness/faults.ts'

/**
 * What every implementation of WorkerHandle keeps to. `start` starts fixtures/obedientWorker.ts. `codes` is false for hosts whose
 * exit codes and signals mean little.
 */
export function workerHandleContract(name: string, start: StartWorker, codes = true): void {
  describe(`${name} keeps to the worker contract`, () => {
    const started: Watched[] = []
    const begin = (slot = 1): Watched => {
      const watched = watch(start(slot))
      started.push(watched)
      return watched
    }
    afterEach(async () => {
      for (const { handle } of started) handle.kill()
      const exits = await Promise.all(started.splice(0).map((one) => one.exit))
      expect(exits.every((exit) => exit !== null)).toBe(true)
    })

    registerTalking(begin)
    registerEnding(begin, codes)
    registerStopping(begin, codes)
  })
}

interface Watched {
  handle: WorkerHandle
  exit: Promise<WorkerExit>
  /** The next message of that type. */
  next<T extends FromWorker['type']>(type: T): Promise<Extract<FromWorker, { type: T }>>
  /** Asks the fixture to act, and gives what it echoes. */
  ask(act: string): Promise<string>
  tell(act: string): void
}

function watch(handle: WorkerHandle): Watched {
  const waiting: ((message: FromWorker) => boolean)[] = []
  let request = 0
  handle.onMessage((message) => {
    const index = waiting.findIndex((wants) => wants(message))
    if (index !== -1) waiting.splice(index, 1)
  })
  const next: Watched['next'] = (type) =>
    new Promise((resolve) => {
      waiting.push((message) => {
        const wanted = message.type === type
        if (wanted) resolve(message as Extract<FromWorker, { type: typeof type }>)
        return wanted
      })
    })
  const tell = (act: string) => handle.post({ type: 'inspect', request: ++request, path: act })
  const ask = async (act: string) => {
    const answer = next('inspected')
    tell(act)
    const { reply } = await answer
    return reply.ok ? '' : reply.message
  }
  return { handle, exit: new Promise((resolve) => handle.onExit(resolve)), next, ask, tell }
}

function registerTalking(begin: (slot?: number) => Watched): void {
  test('what is posted before the process runs reaches it', async () => {
    const worker = begin()
    expect(await worker.ask('echo early')).toBe('early')
  })

  test('its pid is that of the process, and none once it has ended', async () => {
    const worker = begin()
    expect((await worker.next('ready')).pid).toBe(worker.handle.pid)
    worker.tell('exit 0')
    await worker.exit
    expect(worker.handle.pid).toBeUndefined()
  })

  test('messages that are not of the protocol are counted and dropped', async () => {
    const worker = begin()
    worker.tell('garbage')
    expect(await worker.ask('echo still here')).toBe('still here')
    injected('a worker or a host sends what is no message')
    expect(worker.handle.droppedMessages).toBe(3)
  })

  test('a message sent right before the end arrives before the end is told', async () => {
    const worker = begin()
    const order: string[] = []
    worker.handle.onMessage((message) => order.push(message.type))
    worker.handle.onExit(() => order.push('exit'))
    worker.tell('last')
    await worker.exit
    expect(order.slice(-2)).toEqual(['inspected', 'exit'])
  })

  test('it is told its slot', async () => {
    expect(await begin(7).ask('slot')).toBe('7')
  })
}

function registerEnding(begin: () => Watched, codes: boolean): void {
  test('an exit that nobody asked for is not expected, and carries the end of its stderr', async () => {
    const worker = begin()
    worker.tell('flood a*10000')
    worker.tell('write the end')
    worker.tell('exit 3')
    const exit = await worker.exit
    expect(exit.expected).toBe(false)
    expect(exit.logTail.length).toBe(8192)
    expect(exit.logTail.endsWith('athe end')).toBe(true)
    if (codes) expect(exit).toMatchObject({ exitCode: 3, signal: null })
  })

  test('kill ends it, and its signal is told', async () => {
    const worker = begin()
    await worker.next('ready')
    worker.handle.kill()
    const exit = await worker.exit
    expect(exit.expected).toBe(true)
    if (codes) expect(exit).toMatchObject({ exitCode: null, signal: 'SIGKILL' })
  })

  test('a kill from outside is not expected', async () => {
    const worker = begin()
    process.kill((await worker.next('ready')).pid, 'SIGKILL')
    expect((await worker.exit).expected).toBe(false)
  })
}

function registerStopping(begin: () => Watched, codes: boolean): void {
  test('stop lets it finish', async () => {
    const worker = begin()
    await worker.next('ready')
    worker.handle.stop(60_000)
    worker.handle.stop(60_000)
    const exit = await worker.exit
    expect(exit.expected).toBe(true)
    if (codes) expect(exit).toMatchObject({ exitCode: 0, signal: null })
  })

  test('stop kills one that does not end within its grace', async () => {
    const worker = begin()
    worker.tell('deaf')
    await worker.ask('echo deaf now')
    worker.handle.stop(50)
    const exit = await worker.exit
    expect(exit.expected).toBe(true)
    if (codes) expect(exit.signal).toBe('SIGKILL')
  })

  test('post, stop and kill after its end do nothing, and a late listener is told of the end', async () => {
    const worker = begin()
    worker.tell('exit 4')
    const exit = await worker.exit
    worker.handle.post({ type: 'quit' })
    worker.handle.stop(10)
    worker.handle.kill()
    expect(await new Promise((resolve) => worker.handle.onExit(resolve))).toEqual(exit)
  })
}
