import { setTimeout as wait } from 'node:timers/promises'
import { refuse, succeed, type CommandResult } from '../contract/commandError.ts'
import { nobodyAnswers, tryHost, type HostConnection } from '../master/host/client.ts'
import { askToMakeWay } from '../master/host/handover.ts'
import type { HomePaths } from '../master/host/home.ts'
import { takeLock, type Lock } from '../master/host/lock.ts'

/**
 * Being the home's master for as long as the app is open: a host that only works off jobs makes way by handover, one with a dashboard of
 * its own only when the person says so.
 */
export interface Predecessor {
  mode: HostConnection['hello']['mode']
  pid: number
}

export interface BecomeMaster {
  paths: Pick<HomePaths, 'home' | 'lock' | 'socket'>
  /** Whether a host that people look at may be ended. */
  mayTakeFrom: (predecessor: Predecessor) => Promise<boolean>
  /** For the whole of it, a person's answer not counted. */
  patienceMs?: number
}

const retryMs = 25
/** After a handover: somebody else who waited may have been quicker, and is then asked as well. */
const askAgainMs = 3000
const defaultPatienceMs = 30_000

export async function becomeMaster(options: BecomeMaster): Promise<CommandResult<Lock>> {
  const { paths, patienceMs = defaultPatienceMs } = options
  let deadline = performance.now() + patienceMs
  for (let askAt = 0; ; await wait(retryMs)) {
    const lock = takeLock(paths.lock)
    if (lock !== null) return succeed(lock)
    if (performance.now() >= deadline) return nobodyAnswers(paths.socket, patienceMs)
    if (performance.now() < askAt) continue
    const reached = await tryHost(paths.socket)
    if (reached === null) continue
    if (!reached.ok) return reached
    const connection = reached.value
    try {
      const before = performance.now()
      const granted = await askPerson(connection.hello, options)
      deadline += performance.now() - before
      if (!granted.ok) return granted
      const asked = await askToMakeWay(connection, {
        reason: 'the desktop app was opened',
        patienceMs: deadline - performance.now(),
      })
      if (!asked.ok) return asked
    } finally {
      connection.close()
    }
    askAt = performance.now() + askAgainMs
  }
}

/** Only of a host that people look at. */
async function askPerson({ mode, pid }: Predecessor, options: BecomeMaster): Promise<CommandResult<null>> {
  const isLookedAt = mode === 'serve' || mode === 'desktop'
  if (!isLookedAt || (await options.mayTakeFrom({ mode, pid }))) return succeed(null)
  return refuse('unavailable', `cannot open ${options.paths.home}: process ${pid} keeps it`, 'end that one first')
}
