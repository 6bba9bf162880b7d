import type { CommandResult } from './commandError.ts'
import type { CommandWords } from './commandLine.ts'

/**
 * What the desktop window's page may ask of the app around it, beyond contract/api.ts: the preload puts it at `window.gristmill`. No path
 * of this machine reaches the page, neither here nor in an answer to contract/api.ts: of files it gets names, and tokens, which it names
 * as sources of type `upload`.
 */
export interface DesktopApi<File> {
  /**
   * Asks for a port that speaks contract/api.ts. It comes as a `message` event of the page's own window whose data is `portMessage`.
   * What was waiting for the page (files to open, a place to go to) follows.
   */
  connect(): void
  /** Files that the person dropped or chose. One that lies nowhere on this machine is refused. */
  addFiles(...files: File[]): Promise<ChosenFile[]>
  /** The system's own dialog; none when it was closed. */
  pickFiles(): Promise<ChosenFile[]>
  /** Shows an artifact in its folder. */
  revealArtifact(job: string, name: string): Promise<CommandResult<null>>
  /** Opens an artifact with the program that the system has for it. */
  openArtifact(job: string, name: string): Promise<CommandResult<null>>
  /** Puts the line for a terminal on the clipboard, with files where they lie: the page shows it with their names. */
  copyCommand(words: CommandWords): Promise<CommandResult<null>>
  info(): Promise<AppInfo>
  /** Files opened from a menu, by a second start or from the system's recent documents. */
  onFiles(listener: (files: ChosenFile[]) => void): void
  /** A route of the dashboard, as its address has it: `#/new`. */
  onGoTo(listener: (route: string) => void): void
}

export type ChosenFile =
  | { ok: true; token: string; name: string; bytes: number }
  | { ok: false; name: string; message: string }

export interface AppInfo {
  version: string
  /** Of what the app is made of: electron, chrome, node, v8. */
  versions: Record<string, string>
  platform: string
}

export const portMessage = 'gristmill:port'
