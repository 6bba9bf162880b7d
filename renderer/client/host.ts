import type { ContractRouterClient } from '@orpc/contract'
import type { StoreApi } from 'zustand/vanilla'
import type { Api, Source } from '../../contract/api.ts'
import type { CommandResult } from '../../contract/commandError.ts'
import type { CommandWords } from '../../contract/commandLine.ts'
import type { DesktopApi } from '../../contract/desktop.ts'

/**
 * What the dashboard knows of the host that shows it: the same interface in a browser and in a desktop window.
 * Features ask `can`, never where they run.
 */
export type ApiClient = ContractRouterClient<Api>

export interface Capabilities {
  /** The host opens the system's own file dialog. */
  pickFiles: boolean
  /** A dropped file is read where it lies. */
  realPaths: boolean
  /** A dropped file is streamed to the host first. */
  uploads: boolean
  /** Files under folders that the host was started with can be listed. */
  roots: boolean
}

/**
 * `connecting` until the first answer, `open` while connected, `away` between a loss and the next success,
 * `refused` when this page has never been let in, `ended` when it was and the host knows it no more.
 */
export interface ConnectionState {
  status: 'connecting' | 'open' | 'away' | 'refused' | 'ended'
  /** Failed tries since the connection was last open. */
  tries: number
}

export interface BringOptions {
  onProgress: (bytesSent: number) => void
  signal: AbortSignal
}

export interface Host {
  readonly can: Capabilities
  readonly api: ApiClient
  readonly connection: StoreApi<ConnectionState>
  /** Tries to connect now instead of when the back-off is over. */
  retryNow: () => void
  /** Turns a file that the person dropped or chose into something that a job can name. */
  bring: (file: File, options: BringOptions) => Promise<CommandResult<Source>>
  /** Copies the line for a terminal. */
  copyCommand: (words: CommandWords) => Promise<CommandResult<null>>
  /** Where an artifact can be downloaded; null where it is shown in place (`files`). */
  artifactUrl: (jobId: string, name: string) => string | null
  /** Files of this machine, by the system's own means; null in a browser. */
  readonly files: SystemFiles | null
}

export interface SystemFiles extends Pick<DesktopApi<File>, 'revealArtifact' | 'openArtifact'> {
  pick: DesktopApi<File>['pickFiles']
  /** Opened outside the page: from a menu, by a second start. One listener. */
  onOpened: DesktopApi<File>['onFiles']
}
