import type { ChildProcess } from 'node:child_process'
import type { HostInfo } from '../contract/api.ts'
import { commandErrorLine } from '../contract/commandError.ts'
import { connectToHost, tryHost, type HostConnection } from '../master/host/client.ts'
import { startBackground } from '../master/host/background.ts'
import { handOver } from '../master/host/handover.ts'
import type { HomePaths } from '../master/host/home.ts'
import type { ApiClient, Host } from '../master/host/host.ts'
import { reachHost, sessionOver, type Session } from '../master/host/reach.ts'
import type { Context } from './commandLine.ts'
import { exitCodes, Refusal, valueOf } from './exitCodes.ts'
import { openHere, openHome } from './hostOptions.ts'

/** A command's place at the home's host: in this process when nobody else is the master, as a client otherwise. */
export interface Seat {
  readonly client: ApiClient
  /** The host, when it is this process. */
  readonly own: Host | null
  /** True from the moment in which the host is gone. */
  readonly lost: boolean
  /** The home's folder for what must be kept before a job exists. */
  readonly spool: string
  /** To the next host, after this one has gone: maybe in this process. */
  move(): Promise<void>
  /** An own host ends; when `keepGoing`, a background host goes on with whatever is not over. */
  leave(options: { keepGoing: boolean }): Promise<void>
}

export interface SeatOptions {
  home: string
  mode: HostInfo['mode']
  roots: string[]
  context: Context
}

/** How hosts come to be: here, and in a process of their own. */
export interface Openers {
  here: typeof openHere
  background: typeof serveInBackground
}
const usualOpeners: Openers = { here: openHere, background: serveInBackground }

/** By this very program. */
function serveInBackground(paths: HomePaths, places: Context['places'], channel: 'ipc' | 'ignore'): ChildProcess {
  return startBackground({ paths, program: process.execPath, args: [places.entry, 'serve'], channel })
}

export async function takeSeat(options: SeatOptions, openers = usualOpeners): Promise<Seat> {
  const { home, mode, roots, context } = options
  const paths = await openHome(home)
  const reach = async () =>
    valueOf(await reachHost({ paths, openHere: (lock) => openers.here({ paths, mode, roots, context }, lock) }))
  let session = await reach()
  return {
    get client() {
      return session.client
    },
    get own() {
      return session.owned
    },
    get lost() {
      return session.lost
    },
    spool: paths.spool,
    async move() {
      session.close()
      const next = session.owned === null ? null : await joinSuccessor(session.owned, paths)
      session = next ?? (await reach())
    },
    async leave({ keepGoing }) {
      session.close()
      if (session.owned === null) return
      if (keepGoing && session.owned.busy)
        await leaveToBackground(session.owned, context, (channel) => openers.background(paths, context.places, channel))
      else await session.owned.close('the command that opened it has ended')
    },
  }
}

type StartBackground = (channel: 'ipc' | 'ignore') => ChildProcess

const successionMs = 5000

/** An own host ends early only because it was asked to make way: who asked goes first. Null when nobody comes. */
async function joinSuccessor(host: Host, paths: HomePaths): Promise<Session | null> {
  await host.closed
  const reached = await connectToHost(paths.socket, successionMs)
  if (!reached.ok) return null
  return sessionOver(reached.value)
}

/** Jobs that are not over go on without this process. Where that cannot be, they wait for the next host. */
async function leaveToBackground(host: Host, { terminal }: Context, start: StartBackground): Promise<void> {
  const handed = await handOver({
    host,
    startBackground: () => start('ipc'),
    reason: 'the command that opened it has ended while other jobs run',
  })
  if (handed.ok) return terminal.note('gristmill: other jobs go on in a background host')
  terminal.note(`gristmill: ${commandErrorLine(handed.error)}; the other jobs go on with the next host`)
  await host.close('the command that opened it has ended')
}

/** At a host that outlives this process: the one that runs, or a background host that is started for it. */
export async function takeBackgroundSeat(
  { home, context }: Pick<SeatOptions, 'home' | 'context'>,
  openers: Pick<Openers, 'background'> = usualOpeners,
): Promise<Seat> {
  const paths = await openHome(home)
  const running = await tryHost(paths.socket)
  const connection =
    running === null
      ? await connectToNew(paths, (channel) => openers.background(paths, context.places, channel))
      : valueOf(running)
  return {
    client: connection.client,
    own: null,
    get lost() {
      return !connection.open
    },
    spool: paths.spool,
    move: () => Promise.reject(new Refusal('the background host has ended; try again', exitCodes.failed)),
    async leave() {
      connection.close()
    },
  }
}

const startingMs = 20_000

async function connectToNew(paths: HomePaths, start: StartBackground): Promise<HostConnection> {
  const child = start('ignore')
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const onExit = () => reject(new Refusal(`cannot start a background host; see ${paths.logs}`, exitCodes.failed))
  child.once('error', onExit)
  child.once('exit', onExit)
  try {
    return valueOf(await Promise.race([connectToHost(paths.socket, startingMs), ended]))
  } finally {
    child.off('error', onExit)
    child.off('exit', onExit)
    child.unref()
  }
}
