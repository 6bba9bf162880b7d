import { utilityProcess } from 'electron'
import { plans } from '../master/engine/plans.ts'
import type { HomePaths } from '../master/host/home.ts'
import type { Host, HostOptions } from '../master/host/host.ts'
import type { Lock } from '../master/host/lock.ts'
import { openHost } from '../master/host/openHost.ts'
import { type Fork, utilityWorker } from './utilityWorker.ts'

/** What was built beside the entry; only main.ts computes these. */
export interface Places {
  worker: string
  storeWriter: string
  storeReader: string
  renderer: string
  preload: string
}

export interface Opening {
  places: Places
  paths: HomePaths
  mode: HostOptions['mode']
  version: string
  /** A line of the log: what had to be done about the home, and what a person should know now. */
  tell: (sentence: string) => void
}

const fork: Fork = (entry, args, options) => utilityProcess.fork(entry, args, options)

/** The master in this process; its workers are utility processes. */
export async function openHere({ places, paths, mode, version, tell }: Opening, lock: Lock): Promise<Host> {
  const host = await openHost(
    {
      home: paths.home,
      mode,
      roots: [],
      workers: null,
      startWorker: (slot) => utilityWorker({ entry: places.worker, slot, env: process.env }, fork),
      storeWriter: places.storeWriter,
      storeReader: places.storeReader,
      plans,
      version,
      tell,
    },
    lock,
  )
  for (const note of host.info.notes ?? []) tell(note)
  return host
}
