import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openGround, type Ground } from '../process/gristmill.ts'
import { until } from '../process/processes.ts'

/** A file system of its own, of so many bytes, that the home of a test lies on. Only root may mount one. */
export interface SmallDisk {
  ground: Ground
  /** Takes all that is free now, to the last page; a checkpoint may give some back. */
  fill(): void
  /** Gives it back. */
  free(): void
  /** Waits until those who wrote there have let their files go, which the kernel does last of an ending process. */
  readOnly(on: boolean): Promise<void>
}

function mount(...args: string[]): boolean {
  return spawnSync('mount', args, { stdio: 'ignore' }).status === 0
}

function tryMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const folder = mkdtempSync(join(tmpdir(), 'gristmill-mount-'))
  const mounted = mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder)
  if (mounted) spawnSync('umount', [folder])
  rmSync(folder, { recursive: true })
  return mounted
}

export const canMount = tryMount()

/** Such a file system by itself, in a folder of its own. */
export class TinyDisk {
  readonly folder = mkdtempSync(join(tmpdir(), 'gristmill-disk-'))
  readonly #filler = join(this.folder, 'filler')

  constructor(bytes: number) {
    if (!mount('-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', this.folder))
      throw new Error(`cannot mount ${this.folder}`)
    mkdirSync(join(this.folder, 'home'))
  }

  fill(): void {
    writeUntilFull(this.#filler)
  }

  free(): void {
    rmSync(this.#filler)
  }

  async readOnly(on: boolean): Promise<void> {
    await until(`${this.folder} to be mounted anew`, () => mount('-o', `remount,${on ? 'ro' : 'rw'}`, this.folder))
  }

  /** Lazily: of a process that has just ended the kernel lets files go last. */
  remove(): void {
    spawnSync('umount', ['--lazy', this.folder])
    rmSync(this.folder, { recursive: true })
  }
}

export function openSmallDisk(bytes: number): SmallDisk {
  const disk = new TinyDisk(bytes)
  // Before the ground: what is asked for last is done first, and its processes use the disk.
  onTestFinished(() => disk.remove())
  const ground = openGround()
  symlinkSync(join(disk.folder, 'home'), ground.home)
  return {
    ground,
    fill: () => disk.fill(),
    free: () => disk.free(),
    readOnly: (on) => disk.readOnly(on),
  }
}

function writeUntilFull(path: string): void {
  const file = openSync(path, 'a')
  const page = Buffer.alloc(4096)
  try {
    for (;;) writeSync(file, page)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    closeSync(file)
  }
}
