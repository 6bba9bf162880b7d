import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { Delta } from '../../contract/api.ts'
import type { WorkerLimit } from '../../master/host/host.ts'
import { sampleSummary } from '../testing/sampleSummary.ts'
import { Citizen } from './citizen.ts'

/** The system around the app, and a host whose feed is the test's to write. */
class System {
  readonly story: string[] = []
  readonly limits: (WorkerLimit | null)[] = []
  readonly power = Object.assign(new EventEmitter(), {
    onBatteryPower: false,
    getCurrentThermalState: () => 'nominal' as const,
  })
  keepAwake = true
  focused = false
  readonly citizen: Citizen

  constructor(feed: () => AsyncGenerator<Delta, void, void>) {
    const { story, limits, power } = this
    this.citizen = new Citizen({
      host: {
        info: { cores: 8 },
        client: () => ({ host: { watch: async () => feed() } }),
        holdBack: (limit) => void limits.push(limit),
      },
      window: () => ({
        setProgressBar: (value) => void story.push(`bar ${value}`),
        isFocused: () => this.focused,
      }),
      power,
      blocker: {
        start: (type) => {
          story.push(`start ${type}`)
          return 7
        },
        stop: (id) => story.push(`stop ${id}`) > 0,
      },
      notification: noticesTold(story),
      keepAwake: () => this.keepAwake,
      onNoticeClicked: (job) => void story.push(`clicked ${job}`),
      log: (line) => void story.push(line),
    })
  }
}

/** Notices that are clicked as soon as they are shown. */
function noticesTold(story: string[]) {
  return class extends EventEmitter {
    static isSupported = () => true
    readonly #title: string
    constructor({ title }: { title: string }) {
      super()
      this.#title = title
    }
    show(): void {
      story.push(`notice ${this.#title}`)
      this.emit('click')
      this.emit('close')
    }
  }
}

const running = (fields = {}): Delta => ({
  sequence: 1,
  whole: true,
  jobs: [sampleSummary({ state: 'running', ...fields }, 0.5)],
  removed: [],
  workers: [],
})

test('a feed that breaks off leaves nothing awake and no bar, and the choice does not bring it back', async () => {
  const system = new System(async function* () {
    yield running()
    throw new Error('the store is gone')
  })
  await expect(system.citizen.follow()).rejects.toThrow('the store is gone')
  expect(system.story).toEqual(['bar 0.5', 'start prevent-app-suspension', 'bar -1', 'stop 7'])
  system.citizen.refresh()
  expect(system.story).toHaveLength(4)
})

test('a host that ends lets the machine sleep as well', async () => {
  const system = new System(async function* () {
    yield running()
  })
  await system.citizen.follow()
  expect(system.story.slice(1)).toEqual(['start prevent-app-suspension', 'bar -1', 'stop 7'])
})

test('awake is only who chose it, from the moment of the choice and to the moment of its end', async () => {
  const system = new System(async function* () {
    system.keepAwake = false
    yield running()
    system.keepAwake = true
    system.citizen.refresh()
    system.citizen.refresh()
    system.keepAwake = false
    system.citizen.refresh()
  })
  await system.citizen.follow()
  expect(system.story).toEqual(['bar 0.5', 'start prevent-app-suspension', 'stop 7', 'bar -1'])
})

test('a long job that ends while the person looks elsewhere is told, and a click leads to it', async () => {
  const ended = { id: 'a', state: 'succeeded', startedAt: 0, finishedAt: 60_000 }
  const system = new System(async function* () {
    yield running({ id: 'a' })
    yield { ...running(ended), whole: false }
  })
  await system.citizen.follow()
  expect(system.story).toContain('notice sample')
  expect(system.story).toContain('clicked a')
})

test('the machine’s sleep is logged, and its power looked at when it is awake again', async () => {
  const system = new System(async function* () {})
  await system.citizen.follow()
  system.power.emit('suspend')
  system.power.onBatteryPower = true
  system.power.emit('resume')
  expect(system.story).toEqual(['bar -1', 'the machine goes to sleep', 'the machine is awake again'])
  expect(system.limits).toEqual([{ workers: 4, why: 'this machine runs on battery; 4 of 8 workers get work' }])
  system.power.onBatteryPower = false
  system.power.emit('on-ac')
  expect(system.limits.at(-1)).toBeNull()
})
