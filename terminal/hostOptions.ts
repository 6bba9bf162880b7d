import type { HostInfo } from '../contract/api.ts'
import { prepareHome, type HomePaths } from '../master/host/home.ts'
import type { Host } from '../master/host/host.ts'
import type { Lock } from '../master/host/lock.ts'
import type { Context } from './commandLine.ts'
import { valueOf } from './exitCodes.ts'
import { forkWorker } from './forkWorker.ts'

/** What a command needs to be the home's host, should it have to. */
export interface Opening {
  paths: HomePaths
  mode: HostInfo['mode']
  /** After realpath. */
  roots: string[]
  context: Context
}

/** The home's folders, made where they are missing. */
export async function openHome(home: string): Promise<HomePaths> {
  return valueOf(await prepareHome(home))
}

/** What a process needs to become the master; a standby has it at hand before it is needed. */
export async function loadHost() {
  const { plans } = await import('../master/engine/plans.ts')
  const { openHost } = await import('../master/host/openHost.ts')
  return { plans, openHost }
}

/** The master in this process: its workers are children of it. */
export async function openHere({ paths, mode, roots, context }: Opening, lock: Lock): Promise<Host> {
  const { plans, openHost } = await loadHost()
  const { places, env, version, terminal } = context
  const host = await openHost(
    {
      home: paths.home,
      mode,
      roots,
      workers: null,
      startWorker: (slot) => forkWorker({ entry: places.worker, slot, env }),
      storeWriter: places.storeWriter,
      storeReader: places.storeReader,
      plans,
      version,
      tell: (sentence) => terminal.note(`gristmill: ${sentence}`),
    },
    lock,
  )
  for (const note of host.info.notes ?? []) terminal.note(`gristmill: ${note}`)
  return host
}
