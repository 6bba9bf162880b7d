import type { ContractRouterClient } from '@orpc/contract'
import type { Router } from '@orpc/server'
import type { Api, HostInfo } from '../../contract/api.ts'
import type { AnyPlan } from '../engine/plans.ts'
import type { StartWorker } from '../fleet/workerHandle.ts'

/** The typed client of a host, wherever it runs: in this process, behind the local socket, behind a browser's WebSocket. */
export type ApiClient = ContractRouterClient<Api>

/** What a caller of the API may do beyond the contract's words. `person` speaks for the person (paths are taken); a `page` never does. */
export interface Caller {
  trust: 'person' | 'page'
  /** Asks the person, where no page can answer, whether a job that only the person may start is to be made; absent where nobody can be asked. */
  confirm?: (wanted: WantedJob) => Promise<boolean>
  /** What the person has answered to that (trust.ts). */
  agreed?: boolean
}

/** What the person is to look at: the kind's title and all params, as text. */
export interface WantedJob {
  title: string
  params: string
}

export type ApiRouter = Router<Api, { caller: Caller }>

/** What a host's entry file knows and passes down: nothing below computes a path of its own. */
export interface HostOptions {
  /** Absolute path of the home folder; made when missing. */
  home: string
  mode: HostInfo['mode']
  /** Folders from which browsers may choose files, after realpath. */
  roots: string[]
  /** Size of the fleet when no job asks for another; null means every core. */
  workers: number | null
  startWorker: StartWorker
  /** Absolute paths of the built thread entries. */
  storeWriter: string
  storeReader: string
  plans: readonly AnyPlan[]
  version: string
  /** Shown to the person at once, where somebody sits before this process. */
  tell?: (sentence: string) => void
}

/** The master in this process. It holds the home's lock from before it opens until after it closes. */
export interface Host {
  readonly info: HostInfo
  /** Answers the contract; each transport wraps it. */
  readonly router: ApiRouter
  /** The same, called directly. */
  client(caller: Caller): ApiClient
  readonly uploads: Uploads
  readonly chosen: ChosenFiles
  /** True while any job is queued, running or cancelling. */
  readonly busy: boolean
  /** Connected on the local socket at the moment: commands that wait for a job, or are about to submit one. */
  readonly clients: number
  /** Gives fewer workers work while there is a reason for it, which watchers of jobs are told; null lifts it. */
  holdBack(limit: WorkerLimit | null): void
  /** For who shows the dashboard in browsers: gives an address that lets one more in. */
  inviteBy(invite: () => string): void
  /** Resolves when the host has closed, for whatever reason (asked to hand over, closed, failed). */
  readonly closed: Promise<void>
  /** Quiets the fleet, interrupts what runs (not counted), commits, stops listening, releases the lock. Nothing is lost. */
  close(reason: string): Promise<void>
}

/** Workers that may get work, and the reason in a person's words. */
export interface WorkerLimit {
  workers: number
  why: string
}

/** Files that the person chose where a page cannot name paths (a dialog, a drop, an argument): it gets a token in their place. */
export interface ChosenFiles {
  /** The same path has the same token for as long as the host lives. */
  add(path: string): string
  /** Undefined when the token is not this host's. */
  pathOf(token: string): string | undefined
}

/** Where streamed uploads land before they belong to a job: files under `<home>/spool/`, swept at start. */
export interface Uploads {
  /** Streams `body` into the spool. Refuses above `maxBytes` and when the disk would run full; leaves nothing then. */
  receive(
    name: string,
    body: AsyncIterable<Uint8Array>,
  ): Promise<{ ok: true; token: string; bytes: number } | { ok: false; message: string }>
}
