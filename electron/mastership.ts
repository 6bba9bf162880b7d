import { setTimeout as wait } from 'node:timers/promises'
import { refuse, succeed, type CommandResult } from '../contract/commandError.ts'
import { nobodyAnswers, tryHost, type HostConnection } from '../master/host/client.ts'
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
    const before = performance.now()
    const asked = await askToMakeWay(reached.value, options)
    if (!asked.ok) return asked
    deadline += performance.now() - before
    askAt = performance.now() + askAgainMs
  }
}

async function askToMakeWay(connection: HostConnection, options: BecomeMaster): Promise<CommandResult<null>> {
  const { mode, pid } = connection.hello
  const isLookedAt = mode === 'serve' || mode === 'desktop'
  try {
    if (isLookedAt && !(await options.mayTakeFrom({ mode, pid })))
      return refuse('unavailable', `cannot open ${options.paths.home}: process ${pid} keeps it`, 'end that one first')
    return await connection.client.host.handOver({ reason: 'the desktop app was opened' })
  } finally {
    connection.close()
  }
}
