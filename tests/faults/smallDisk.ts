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

export function openSmallDisk(bytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'gristmill-disk-'))
  // Before the ground: what is asked for last is done first, and its processes use the disk.
  onTestFinished(() => {
    spawnSync('umount', [folder])
    rmSync(folder, { recursive: true })
  })
  if (!mount('-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder)) throw new Error(`cannot mount ${folder}`)
  mkdirSync(join(folder, 'home'))
  const ground = openGround()
  symlinkSync(join(folder, 'home'), ground.home)
  const filler = join(folder, 'filler')
  return {
    ground,
    fill: () => writeUntilFull(filler),
    free: () => rmSync(filler),
    async readOnly(on) {
      await until(`a remount of ${folder}`, () => mount('-o', `remount,${on ? 'ro' : 'rw'}`, folder))
    },
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
