import { cpSync, existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { tryHost, type HostConnection } from '../../master/host/client.ts'
import { currentSurroundings, homePaths, type HomePaths } from '../../master/host/home.ts'
import { KindsBuild } from '../faults/kindsBuild.ts'
import { canMount, TinyDisk } from '../faults/smallDisk.ts'
import { Ground, type Running, type StartOptions } from '../process/gristmill.ts'

/**
 * Where a soak takes place: a build with a kind that kills its workers, a home on a disk of its own (where one can be mounted), and every
 * process that comes of it.
 */
const diskBytes = 96 * 1024 * 1024
/** Hosts outlive the patience that a test has with a command. */
const longestMs = 24 * 3_600_000

export class Site {
  readonly ground = new Ground()
  /** Null where the person may not mount one. */
  readonly disk = canMount ? new TinyDisk(diskBytes) : null
  readonly paths: HomePaths
  readonly #build = new KindsBuild(['poison'])

  constructor() {
    const { ground, disk } = this
    if (disk === null) mkdirSync(ground.home)
    else symlinkSync(join(disk.folder, 'home'), ground.home)
    // As the processes of the ground see it, which get no more of the environment.
    const around = { ...currentSurroundings(), env: {}, tmpdir: join(ground.folder, 'tmp') }
    this.paths = homePaths(realpathSync(ground.home), around)
  }

  start(args: readonly string[], options: StartOptions = {}): Running {
    return this.ground.start(args, { app: this.#build.app, limitMs: longestMs, ...options })
  }

  /** A folder for what jobs write, on the disk that runs full or on one with room. */
  out(name: string, onSmallDisk: boolean): string {
    return join(onSmallDisk && this.disk !== null ? this.disk.folder : this.ground.cwd, 'out', name)
  }

  /** Null while no host answers. */
  async connect(): Promise<HostConnection | null> {
    const reached = await tryHost(this.paths.socket)
    return reached?.ok === true ? reached.value : null
  }

  /** Undefined when no host answers. */
  async ask<T>(question: (host: HostConnection) => Promise<T>): Promise<T | undefined> {
    const host = await this.connect()
    if (host === null) return undefined
    try {
      return await question(host)
    } finally {
      host.close()
    }
  }

  /** What tells of a failure: the ledger and the logs, outside of what `close` removes. */
  keepTraces(folder: string): void {
    const { home, database, logs } = this.paths
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (const path of [database, `${database}-wal`, logs, join(home, 'lock.db.holder')])
      if (existsSync(path)) cpSync(path, join(folder, basename(path)), { recursive: true })
  }

  async close(): Promise<void> {
    try {
      await this.ground.close()
    } finally {
      this.disk?.remove()
      this.#build.remove()
    }
  }
}
