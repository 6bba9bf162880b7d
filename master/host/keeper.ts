import { listBackups } from '../store/backups.ts'
import type { Store } from '../store/store.ts'

/**
 * Looks after what a home keeps: a backup of the ledger each day, and what the person's policy says is to go. It looks when the host
 * opens and every hour, and tells what it did in the log.
 */
export interface KeeperParts {
  store: Pick<Store, 'backUp' | 'read'>
  /** Folder of the ledger's backups. */
  backups: string
  /** Removes what the person's policy says is to go. */
  retire(): Promise<void>
  log: { info(line: string): void; warn(line: string): void }
  now(): number
}

const hourMs = 60 * 60 * 1000
const backupEveryMs = 24 * hourMs
/** So long a host that closes waits for a backup under way; a longer one is given up and made by the next host. */
const patienceMs = 2000

export class Keeper {
  readonly #parts: KeeperParts
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(parts: KeeperParts) {
    this.#parts = parts
  }

  start(): void {
    void this.look()
    this.#timer = setInterval(() => void this.look(), hourMs)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, patienceMs)
    await Promise.race([this.#looking, late.promise])
    clearTimeout(timer)
  }

  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#lookNow())
    return this.#looking
  }

  async #lookNow(): Promise<void> {
    await this.#try('back up the ledger', () => this.#backUp())
    await this.#try('apply the policy on old jobs', () => this.#parts.retire())
  }

  async #backUp(): Promise<void> {
    const [newest] = listBackups(this.#parts.backups)
    if (newest !== undefined && this.#parts.now() - newest.madeAt < backupEveryMs) return
    // A home in which nothing was done yet has nothing to lose.
    if ((await this.#parts.store.read.lastNumber()) === 0) return
    const { path, bytes } = await this.#parts.store.backUp()
    this.#parts.log.info(`backed up the ledger to ${path}, ${bytes} bytes`)
  }

  /** What cannot be done now is told and tried again in an hour: no job waits for it. */
  async #try(what: string, act: () => Promise<void>): Promise<void> {
    if (this.#stopped) return
    try {
      await act()
    } catch (error) {
      this.#parts.log.warn(`could not ${what}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}
