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
}

const fork: Fork = (entry, args, options) => utilityProcess.fork(entry, args, options)

/** The master in this process; its workers are utility processes. */
export function openHere({ places, paths, mode, version }: Opening, lock: Lock): Promise<Host> {
  return openHost(
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
    },
    lock,
  )
}
