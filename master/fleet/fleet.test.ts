import { beforeEach, describe, expect, test } from 'vitest'
import type { Outcome } from '../../contract/outcome.ts'
import type { WorkerJob } from '../../contract/workerMessages.ts'
import { ManualClock } from './fixtures/manualClock.ts'
import { PuppetWorker } from './fixtures/puppetWorker.ts'
import { Fleet } from './fleet.ts'
import { defaultLimits } from './watchdog.ts'
import { restartDelayMs, type TasksMessage } from './workerSlot.ts'

const job: WorkerJob = { number: 1, id: 'j', kind: 'no-op', params: {}, inputs: [], scratch: '/scratch' }
const running = { job: 1, seq: 1, attempt: 1, bytes: 0, rows: 0 }

let clock: ManualClock
let workers: PuppetWorker[]
/** What the fleet told, in order, one line each. */
let told: string[]

beforeEach(() => {
  clock = new ManualClock()
  workers = []
  told = []
})

function openFleet(size: number): Fleet {
  const fleet = new Fleet({
    startWorker: (slot) => {
      const worker = new PuppetWorker(slot, 100 + workers.length)
      workers.push(worker)
      return worker
    },
    size,
    clock,
    limits: { ...defaultLimits, memoryBytes: 1000 },
    events: {
      onReady: (slot) => told.push(`ready ${slot}`),
      onOutcomes: (slot, number, all) =>
        told.push(`outcomes ${slot} ${number} ${all.map(({ seq, outcome }) => `${seq}:${outcome.type}`).join()}`),
      onLost: (slot, loss) => told.push(`lost ${slot} ${loss.type}`),
      onHeartbeat: () => undefined,
      onLog: (slot, level, line) => told.push(`log ${slot} ${level} ${line}`),
      onTrouble: (slot, line) => told.push(`trouble ${slot} ${line}`),
    },
  })
  fleet.start()
  return fleet
}

function readyFleet(size: number): Fleet {
  const fleet = openFleet(size)
  for (const worker of workers) worker.ready()
  told = []
  return fleet
}

function tasks(...seqs: number[]): TasksMessage {
  const work = { type: 'task', stage: 'work' } as const
  return { type: 'tasks', job: 1, work, tasks: seqs.map((seq) => ({ seq, attempt: 1, from: 0, to: 1 })) }
}

function outcome(type: 'succeeded' | 'cancelled'): Outcome {
  const spent = { bytes: 0, rows: 0, tailRows: 0, cpuMs: 0, startedAt: 0, finishedAt: 0 }
  return type === 'succeeded' ? { type, answer: {}, ...spent } : { type, ...spent }
}

/** Lets time pass while these workers are heard. */
function passBeating(ms: number, beat: () => void): void {
  for (let passed = 0; passed < ms; passed += 500) {
    beat()
    clock.pass(500)
  }
}

const latest = () => workers.at(-1)!
const typesPosted = (worker: PuppetWorker) => worker.posted.map(({ type }) => type)

const idleSlots = (fleet: Fleet) => fleet.snapshot().flatMap(({ slot, state }) => (state === 'idle' ? [slot] : []))

describe('slots', () => {
  test('are filled from 1, and refilled at once when a worker dies', () => {
    const fleet = readyFleet(2)
    expect(workers.map(({ slot }) => slot)).toEqual([1, 2])
    workers[0]!.end({ exitCode: 1 })
    expect(told).toEqual(['lost 1 crashed'])
    expect(workers.map(({ slot }) => slot)).toEqual([1, 2, 1])
    expect(idleSlots(fleet)).toEqual([2])
    latest().ready()
    expect(idleSlots(fleet)).toEqual([1, 2])
    expect(fleet.snapshot()[0]).toMatchObject({ slot: 1, pid: 102, state: 'idle', restarts: 1 })
  })

  test('are refilled later and later while workers die before they are ready, which is said', () => {
    openFleet(1)
    for (let death = 0; death < 3; death++) latest().end({ exitCode: 1, logTail: 'cannot find module\n' })
    expect(workers).toHaveLength(3)
    expect(told.at(-1)).toBe(
      'trouble 1 worker 1 has ended 3 times before it was ready (exit code 1): cannot find module; the next try is in 1 s',
    )
    clock.pass(999)
    expect(workers).toHaveLength(3)
    clock.pass(1)
    expect(workers).toHaveLength(4)
    latest().ready()
    latest().end({ exitCode: 1 })
    expect(workers).toHaveLength(5)
  })

  test('the delay doubles up to a minute', () => {
    expect([0, 2, 3, 4, 8, 9, 1000].map(restartDelayMs)).toEqual([0, 0, 1000, 2000, 32_000, 60_000, 60_000])
  })

  test('grow when jobs ask for more, never beyond 64, and the spare ones end after 30 idle seconds', () => {
    const fleet = readyFleet(2)
    fleet.want(100)
    expect(workers).toHaveLength(64)
    for (const worker of workers.slice(2)) worker.ready()
    fleet.want(3)
    expect(fleet.dispatch(5, job, tasks(1))).toBe(true)
    const beat = () => workers.forEach((worker) => worker.beat())
    passBeating(29_500, beat)
    expect(fleet.snapshot()).toHaveLength(64)
    passBeating(1000, beat)
    expect(fleet.snapshot().map(({ slot }) => slot)).toEqual([1, 2, 3, 5])
    expect(fleet.dispatch(4, job, tasks(2))).toBe(false)
  })
})

describe('dispatch', () => {
  test('tells a worker of the job before its first tasks, once, and again to the worker after it', () => {
    const fleet = readyFleet(1)
    fleet.dispatch(1, job, tasks(1))
    fleet.dispatch(1, job, tasks(2))
    expect(typesPosted(latest())).toEqual(['job', 'tasks', 'tasks'])
    latest().end({})
    expect(fleet.dispatch(1, job, tasks(1))).toBe(false)
    latest().ready()
    fleet.dispatch(1, job, tasks(1))
    expect(typesPosted(latest())).toEqual(['job', 'tasks'])
  })

  test('only workers that know the job are told to stop or to forget it', () => {
    const fleet = readyFleet(2)
    fleet.dispatch(2, job, tasks(1))
    fleet.cancel(1, [1])
    fleet.forgetJob(1)
    fleet.forgetJob(1)
    expect(workers[0]!.posted).toEqual([])
    expect(workers[1]!.posted.slice(2)).toEqual([
      { type: 'cancel', job: 1, seqs: [1] },
      { type: 'forget', job: 1 },
    ])
  })

  test('outcomes are handed on, and counted', () => {
    const fleet = readyFleet(1)
    fleet.dispatch(1, job, tasks(1, 2))
    expect(fleet.snapshot()[0]?.state).toBe('busy')
    const outcomes = [1, 2].map((seq) => ({ seq, attempt: 1, outcome: outcome(seq === 1 ? 'succeeded' : 'cancelled') }))
    latest().say({ type: 'outcomes', job: 1, outcomes })
    expect(told).toEqual(['outcomes 1 1 1:succeeded,2:cancelled'])
    expect(fleet.snapshot()[0]).toMatchObject({ state: 'idle', tasksDone: 1 })
  })
})

describe('the watch', () => {
  test('a silent worker is told to stop, killed half a second later, and lost as silent', () => {
    const fleet = readyFleet(1)
    fleet.dispatch(1, job, tasks(1, 2))
    clock.pass(5500)
    expect(typesPosted(latest())).toEqual(['job', 'tasks', 'cancel'])
    expect(fleet.dispatch(1, job, tasks(3))).toBe(false)
    expect(told).toEqual([])
    latest().say({ type: 'outcomes', job: 1, outcomes: [{ seq: 1, attempt: 1, outcome: outcome('cancelled') }] })
    latest().say({ type: 'outcomes', job: 1, outcomes: [{ seq: 2, attempt: 1, outcome: outcome('succeeded') }] })
    clock.pass(500)
    expect(told).toEqual(['outcomes 1 1 2:succeeded', 'lost 1 silent'])
    expect(workers).toHaveLength(2)
  })

  test('a worker that is heard but gets nowhere is lost for no progress', () => {
    const fleet = readyFleet(1)
    fleet.dispatch(1, job, tasks(1))
    passBeating(100_000, () => latest().beat(running))
    passBeating(119_500, () => latest().beat({ ...running, bytes: 1 }))
    expect(told).toEqual([])
    passBeating(2500, () => latest().beat({ ...running, bytes: 1 }))
    expect(told).toEqual(['lost 1 noProgress'])
  })

  test('an idle worker may be idle for ever', () => {
    readyFleet(1)
    passBeating(600_000, () => latest().beat())
    expect(told).toEqual([])
  })

  test('a worker over its memory is lost as such', () => {
    readyFleet(1)
    latest().beat(running, 1001)
    clock.pass(1000)
    expect(told).toEqual(['lost 1 overMemory'])
  })

  test('after the machine slept every worker gets all its time again', () => {
    readyFleet(1)
    clock.sleep(3_600_000)
    clock.pass(4500)
    expect(told).toEqual([])
    clock.pass(1500)
    expect(told).toEqual(['lost 1 silent'])
  })

  test('the peak of memory is that of the running attempt', () => {
    const fleet = readyFleet(1)
    latest().beat(running, 900)
    latest().beat(running, 300)
    expect(fleet.snapshot()[0]?.peakMemoryBytes).toBe(900)
    latest().beat({ ...running, seq: 2 }, 200)
    expect(fleet.snapshot()[0]?.peakMemoryBytes).toBe(200)
  })
})

describe('inspect', () => {
  const reply = { ok: false, code: 'input-missing', message: 'gone' } as const

  test('goes to the ready worker with the least to do', async () => {
    const fleet = readyFleet(3)
    fleet.dispatch(1, job, tasks(1))
    const first = fleet.inspect('/a', { cellBytes: 4096 })
    const second = fleet.inspect('/b')
    expect(workers[1]!.posted).toEqual([{ type: 'inspect', request: 1, path: '/a', cellBytes: 4096 }])
    expect(workers[2]!.posted).toEqual([{ type: 'inspect', request: 2, path: '/b' }])
    workers[1]!.say({ type: 'inspected', request: 1, reply })
    workers[2]!.say({ type: 'inspected', request: 2, reply })
    expect(await Promise.all([first, second])).toEqual([reply, reply])
    expect(clock.timers).toBe(1)
  })

  test('waits for a worker, and moves to another when that one dies', async () => {
    const fleet = openFleet(2)
    const asked = fleet.inspect('/a')
    workers[0]!.ready()
    workers[1]!.ready()
    expect(typesPosted(workers[0]!)).toEqual(['inspect'])
    workers[0]!.end({})
    expect(typesPosted(workers[1]!)).toEqual(['inspect'])
    workers[1]!.say({ type: 'inspected', request: 1, reply })
    expect(await asked).toEqual(reply)
  })

  test('a path that ends three workers is refused', async () => {
    const fleet = readyFleet(4)
    const asked = fleet.inspect('/a')
    for (const worker of workers.slice(0, 3)) worker.end({})
    expect(await asked).toMatchObject({ ok: false, message: 'cannot inspect /a: 3 workers ended while they read it' })
  })

  test('is refused after 10 s', async () => {
    const fleet = readyFleet(1)
    const asked = fleet.inspect('/a')
    passBeating(10_000, () => latest().beat())
    expect(await asked).toMatchObject({ ok: false, message: 'cannot inspect /a: no worker answered within 10 s' })
  })
})

describe('closing', () => {
  test('cuts what runs, ends every worker, starts none, and leaves no timer', async () => {
    const fleet = readyFleet(2)
    fleet.dispatch(1, job, tasks(1))
    const asked = fleet.inspect('/a')
    await fleet.close(1000)
    expect(typesPosted(workers[0]!)).toEqual(['job', 'tasks', 'cancel', 'quit'])
    expect(told).toEqual(['lost 1 interrupted', 'lost 2 interrupted'])
    expect(await asked).toMatchObject({ ok: false, code: 'unavailable' })
    expect(workers).toHaveLength(2)
    expect(clock.timers).toBe(0)
  })

  test('waits for workers that take their time, and hands on what they had finished', async () => {
    const fleet = readyFleet(1)
    latest().deaf = true
    fleet.dispatch(1, job, tasks(1))
    const closed = fleet.close(1000)
    latest().say({ type: 'outcomes', job: 1, outcomes: [{ seq: 1, attempt: 1, outcome: outcome('succeeded') }] })
    latest().end({ exitCode: 0, expected: true })
    await closed
    expect(told).toEqual(['outcomes 1 1 1:succeeded', 'lost 1 interrupted'])
  })

  test('a restart that was put off does not happen', async () => {
    const fleet = openFleet(1)
    for (let death = 0; death < 3; death++) latest().end({ exitCode: 1 })
    await fleet.close(1000)
    clock.pass(60_000)
    expect(workers).toHaveLength(3)
    expect(clock.timers).toBe(0)
  })

  test('an interrupted fleet takes no more tasks', () => {
    const fleet = readyFleet(1)
    fleet.interrupt()
    expect(fleet.dispatch(1, job, tasks(1))).toBe(false)
    expect(idleSlots(fleet)).toEqual([])
  })
})

test('log lines of workers are handed on', () => {
  readyFleet(1)
  latest().say({ type: 'log', level: 'warn', line: 'low disk' })
  expect(told).toEqual(['log 1 warn low disk'])
})

describe('workers that wait for others', () => {
  const at = (seq: number, rows = 0) => ({ ...running, seq, rows })
  /** With the first of them, which has three tasks. */
  function waitingFleet(): { fleet: Fleet; worker: PuppetWorker } {
    const fleet = readyFleet(1)
    fleet.wantIo(true)
    const worker = workers[1]!
    worker.ready()
    fleet.dispatch(worker.slot, job, { ...tasks(1, 2, 3), together: true })
    return { fleet, worker }
  }
  const beat = (worker: PuppetWorker, ...all: ReturnType<typeof at>[]) => {
    const [first = null, ...beside] = all
    worker.say({ type: 'heartbeat', rssBytes: 100, heapBytes: 10, cpuMs: 5, running: first, beside })
  }
  const cancels = (worker: PuppetWorker) => worker.posted.filter(({ type }) => type === 'cancel')

  test('are there as long as jobs want them, beyond all that compute', () => {
    const fleet = readyFleet(2)
    fleet.wantIo(true)
    expect(workers.map(({ slot }) => slot)).toEqual([1, 2, 65, 66])
    expect(fleet.snapshot().map(({ offers }) => offers)).toEqual(['cpu', 'cpu', 'io', 'io'])
    workers[2]!.ready()
    workers[3]!.end({ exitCode: 1 })
    expect(latest().slot).toBe(66)
    latest().ready()
    fleet.wantIo(false)
    passBeating(31_000, () => workers.forEach((worker) => worker.beat()))
    expect(fleet.snapshot().map(({ slot }) => slot)).toEqual([1, 2])
  })

  test('are told to stop a task that gets nowhere, and keep those that do', () => {
    const { worker } = waitingFleet()
    let rows = 0
    passBeating(defaultLimits.noProgressMs + 1000, () => {
      beat(worker, at(1), at(2, ++rows), at(3, rows))
      workers[0]!.beat()
    })
    expect(cancels(worker)).toEqual([{ type: 'cancel', job: 1, seqs: [1], because: 'no-progress' }])
    expect(told).not.toContain(`lost ${worker.slot} noProgress`)
  })

  test('have had their time when they do not stop it', () => {
    const { worker } = waitingFleet()
    passBeating(defaultLimits.noProgressMs + 7000, () => {
      beat(worker, at(1), at(2), at(3))
      workers[0]!.beat()
    })
    clock.pass(500)
    expect(told).toContain(`lost ${worker.slot} noProgress`)
  })

  test('end for silence and for memory as all others do', () => {
    const { worker } = waitingFleet()
    worker.beat(null, 1001)
    clock.pass(1000)
    expect(told).toContain(`lost ${worker.slot} overMemory`)
    latest().ready()
    passBeating(defaultLimits.silenceMs + 2000, () => workers[0]!.beat())
    expect(told).toContain(`lost ${latest().slot} silent`)
  })
})

test('a worker may take what its tasks said that they take, until they are answered for', () => {
  const fleet = readyFleet(1)
  fleet.allow(1, 500)
  fleet.dispatch(1, job, tasks(1))
  const worker = latest()
  passBeating(2000, () => worker.beat(running, 1400))
  expect(told).toEqual([])
  worker.say({ type: 'outcomes', job: 1, outcomes: [{ seq: 1, attempt: 1, outcome: outcome('succeeded') }] })
  passBeating(1000, () => worker.beat(null, 1400))
  clock.pass(500)
  expect(told).toContain('lost 1 overMemory')
})
