import type { BrowserWindow, PowerSaveBlocker } from 'electron'
import type { Delta, HostInfo } from '../../contract/api.ts'
import type { JobBrief } from '../../contract/job.ts'
import type { Caller, Host, WorkerLimit } from '../../master/host/host.ts'
import { applyDelta, emptyPicture, type Picture } from './picture.ts'
import { noticeOf, progressBar, shallStayAwake, workerLimit, type Notice, type Power } from './policies.ts'

/**
 * Carries out what policies.ts decides, from the host's live feed and the system's power: the bar, notices, staying awake, how many
 * workers get work. It steers no job.
 */
export interface CitizenParts {
  host: Pick<Host, 'holdBack'> & {
    info: Pick<HostInfo, 'cores'>
    client(caller: Caller): { host: { watch(input: { since?: number }): Promise<AsyncIterable<Delta>> } }
  }
  /** Null while there is none. */
  window: () => Pick<BrowserWindow, 'setProgressBar' | 'isFocused'> | null
  power: PowerSource
  blocker: Pick<PowerSaveBlocker, 'start' | 'stop'>
  notification: { new (text: { title: string; body: string }): ShownNotice; isSupported(): boolean }
  keepAwake: () => boolean
  onNoticeClicked: (job: string) => void
  log: (line: string) => void
}

/** What is heard of Electron's `powerMonitor`. */
interface PowerSource {
  on(event: 'on-battery' | 'on-ac' | 'thermal-state-change' | 'suspend' | 'resume', listener: () => void): unknown
  readonly onBatteryPower: boolean
  getCurrentThermalState(): Power['thermalState']
}

/** And of its `Notification`. */
interface ShownNotice {
  on(event: 'click' | 'close', listener: () => void): unknown
  on(event: 'failed', listener: (event: unknown, error: string) => void): unknown
  show(): void
}

const lookMs = 30_000

export class Citizen {
  readonly #parts: CitizenParts
  #picture: Picture = emptyPicture
  #blocker: number | null = null
  #limit: WorkerLimit | null = null
  /** A notice that nobody holds is collected, and then its click goes nowhere. */
  readonly #notices = new Set<ShownNotice>()

  constructor(parts: CitizenParts) {
    this.#parts = parts
  }

  get picture(): Picture {
    return this.#picture
  }

  /** Follows the host until its feed ends with it, or breaks: what is not known to run keeps nothing awake and shows no bar. */
  async follow(): Promise<void> {
    this.#watchPower()
    try {
      const deltas = await this.#parts.host.client({ trust: 'person' }).host.watch({})
      for await (const delta of deltas) this.#take(delta)
    } finally {
      this.#picture = emptyPicture
      this.#show()
    }
  }

  /** The person has chosen otherwise. */
  refresh(): void {
    const stay = shallStayAwake(this.#parts.keepAwake(), this.#picture)
    if (stay) this.#blocker ??= this.#parts.blocker.start('prevent-app-suspension')
    else this.#letSleep()
  }

  #take(delta: Delta): void {
    const { picture, ended } = applyDelta(this.#picture, delta)
    this.#picture = picture
    this.#show()
    for (const job of ended) this.#tell(job)
  }

  #show(): void {
    const { value, mode } = progressBar(this.#picture)
    this.#parts.window()?.setProgressBar(value, { mode })
    this.refresh()
  }

  #tell(job: JobBrief): void {
    const notice = noticeOf(job, this.#parts.window()?.isFocused() ?? false)
    if (notice !== null && this.#parts.notification.isSupported()) this.#notify(notice)
  }

  #notify({ job, title, body }: Notice): void {
    const shown = new this.#parts.notification({ title, body })
    this.#notices.add(shown)
    shown.on('click', () => this.#parts.onNoticeClicked(job))
    shown.on('close', () => this.#notices.delete(shown))
    shown.on('failed', (_event, error) => {
      this.#notices.delete(shown)
      this.#parts.log(`a notice could not be shown: ${error}`)
    })
    shown.show()
  }

  #letSleep(): void {
    if (this.#blocker !== null) this.#parts.blocker.stop(this.#blocker)
    this.#blocker = null
  }

  #watchPower(): void {
    const { power, log } = this.#parts
    const look = () => this.#look()
    power.on('on-battery', look)
    power.on('on-ac', look)
    power.on('thermal-state-change', look)
    // Deadlines start anew by themselves when the watch over the workers finds that it came late.
    power.on('suspend', () => log('the machine goes to sleep'))
    power.on('resume', () => {
      log('the machine is awake again')
      look()
    })
    // Linux tells nobody when it changes to battery.
    setInterval(look, lookMs).unref()
    look()
  }

  #look(): void {
    const { host, power } = this.#parts
    const thermalState = power.getCurrentThermalState()
    const limit = workerLimit({ onBattery: power.onBatteryPower, thermalState }, host.info.cores)
    if (limit?.why === this.#limit?.why) return
    this.#limit = limit
    host.holdBack(limit)
  }
}
