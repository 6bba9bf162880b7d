import { EventEmitter } from 'node:events'
import { createRouterClient, implement } from '@orpc/server'
import { describe, expect, test } from 'vitest'
import { api } from '../contract/api.ts'
import { refuse, succeed } from '../contract/commandError.ts'
import { briefOf } from '../contract/jobBrief.ts'
import type { JobState } from '../contract/transitions.ts'
import { attendJob, type AttendedSeat } from './attendance.ts'
import { sampleJob } from './fixtures/sampleJob.ts'

const os = implement({ host: { watch: api.host.watch }, jobs: { cancel: api.jobs.cancel } })
const summary = (state: JobState) => ({ job: briefOf(sampleJob({ id: 'mine', state })), progress: null, version: 1 })
const delta = (state: JobState) => ({ sequence: 1, whole: true, jobs: [summary(state)], removed: [], workers: [] })

/** A host whose watch says these states, then `end`s or stays silent until `over` is called. */
function hostOf(states: JobState[], options: { ends?: boolean; cancels?: boolean } = {}) {
  const { promise, resolve } = Promise.withResolvers<JobState>()
  let now = states.at(-1) ?? 'running'
  const watching = Promise.withResolvers<void>()
  const client = createRouterClient(
    os.router({
      host: {
        watch: os.host.watch.handler(async function* () {
          for (const state of states) yield delta(state)
          watching.resolve()
          if (options.ends === true) return
          now = await promise
          yield delta(now)
        }),
      },
      jobs: {
        cancel: os.jobs.cancel.handler(() => {
          if (options.cancels === false) return refuse('wrong-state', 'cannot cancel mine: it is over')
          resolve('cancelled')
          return succeed({ job: summary('cancelling') })
        }),
      },
    }),
  )
  return { client, over: resolve, watching: watching.promise, state: () => now }
}

/** With the state in which the ledger has the job. */
interface TestSeat extends AttendedSeat {
  readonly moves: number
  state(): JobState
}

/** Sits at the first host, and moves to the next ones. */
function seatAt(...hosts: ReturnType<typeof hostOf>[]): TestSeat {
  let at = 0
  return {
    get client() {
      const host = hosts[at]
      if (host === undefined) throw new Error('there is no further host')
      return host.client
    },
    get lost() {
      return at < hosts.length - 1
    },
    get moves() {
      return at
    },
    async move() {
      at += 1
    },
    state: () => hosts[at]?.state() ?? 'running',
  }
}

const untold = { partial: null, events: [], shares: [], samples: [], failures: [], stages: [] }

function attend(seat: Omit<TestSeat, 'moves'>, interrupt: 'cancel' | 'leave' = 'cancel') {
  const signals = Object.assign(new EventEmitter(), {
    exit: (code: number): never => {
      throw new Error(`exit ${code}`)
    },
  })
  const shown: string[] = []
  const noted: string[] = []
  let ended = 0
  const display = {
    show: ({ job }: { job: { state: string } }) => void shown.push(job.state),
    note: (text: string) => void noted.push(text),
    end: () => void (ended += 1),
  }
  const read = async () => ({
    document: { job: sampleJob({ id: 'mine', state: seat.state() }), result: null, artifacts: [] },
    ...untold,
  })
  const attended = attendJob({ seat, job: 'mine', read, display, interrupt }, signals)
  return { attended, signals, shown, noted, ended: () => ended }
}

describe('staying with a job', () => {
  test('ends with the job, leaves no bar and no ear for signals', async () => {
    const { attended, shown, signals, ended } = attend(seatAt(hostOf(['running', 'succeeded'])))
    expect(await attended).toMatchObject({ over: true, detail: { document: { job: { state: 'succeeded' } } } })
    expect(shown).toEqual(['running', 'succeeded'])
    expect(ended()).toBe(1)
    expect(signals.eventNames()).toEqual([])
  })

  test('goes on with the next host when the one there ends', async () => {
    const seat = seatAt(hostOf(['running'], { ends: true }), hostOf(['queued', 'failed']))
    const { attended, noted } = attend(seat)
    expect(await attended).toMatchObject({ over: true, detail: { document: { job: { state: 'failed' } } } })
    expect(seat.moves).toBe(1)
    expect(noted).toEqual(['gristmill: the host has ended; going on with the next one'])
  })

  test('what a living host cannot answer is final', async () => {
    const broken = createRouterClient(
      os.router({
        host: {
          watch: os.host.watch.handler(() => {
            throw new Error('watched by a bug')
          }),
        },
        jobs: {
          cancel: os.jobs.cancel.handler(() => refuse('unknown-job', 'no job')),
        },
      }),
    )
    const seat: AttendedSeat = { client: broken, lost: false, move: () => Promise.reject(new Error('moved')) }
    await expect(attend({ ...seat, state: () => 'running' }).attended).rejects.toThrow('watched by a bug')
  })
})

describe('Ctrl-C', () => {
  test('cancels the job, and waits until it is', async () => {
    const host = hostOf(['running'])
    const { attended, signals, noted } = attend(seatAt(host))
    await host.watching
    signals.emit('SIGINT')
    expect(await attended).toMatchObject({ over: true, detail: { document: { job: { state: 'cancelled' } } } })
    expect(noted[0]).toContain('cancelling; Ctrl-C again ends it at once')
  })

  test('says why the job cannot be cancelled, and goes on waiting', async () => {
    const host = hostOf(['running'], { cancels: false })
    const { attended, signals, noted } = attend(seatAt(host))
    await host.watching
    signals.emit('SIGINT')
    await expect.poll(() => noted).toContain('gristmill: cannot cancel mine: it is over')
    host.over('succeeded')
    expect(await attended).toMatchObject({ over: true })
  })

  test('the second time ends the process at once', async () => {
    const host = hostOf(['running'], { cancels: false })
    const { attended, signals } = attend(seatAt(host))
    signals.emit('SIGINT')
    expect(() => signals.emit('SIGINT')).toThrow('exit 130')
    host.over('succeeded')
    await attended
  })

  test('only stops waiting where nothing was asked for, and never becomes the next host then', async () => {
    const host = hostOf(['running'])
    const seat = seatAt(host, hostOf(['running']))
    const { attended, signals } = attend(seat, 'leave')
    await host.watching
    signals.emit('SIGINT')
    expect(await attended).toEqual({ over: false, signal: 'SIGINT' })
    expect(seat.moves).toBe(0)
  })

  test.each(['SIGTERM', 'SIGHUP'] as const)('%s gives the job back unfinished', async (signal) => {
    const host = hostOf(['running'])
    const { attended, signals } = attend(seatAt(host))
    await host.watching
    signals.emit(signal)
    expect(await attended).toEqual({ over: false, signal })
  })
})
