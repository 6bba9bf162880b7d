import type { Page } from '@playwright/test'
import type { Commands } from './double/control.ts'

/** One process of the app, on the double or on a real Electron: what specs do is the same on both. */
export type Command = keyof Commands
export type Answer<Name extends Command> = Awaited<ReturnType<Commands[Name]>>

export interface AppProcess {
  readonly pid: number
  /** Resolves with its exit code. */
  readonly exit: Promise<number | null>
  /** What it has written to stderr. */
  readonly complaints: string
  /** The page of its window, when there is one that lives. */
  page(): Page | undefined
  call<Name extends Command>(name: Name, ...args: Parameters<Commands[Name]>): Promise<Answer<Name>>
  /** Real files of the disk, dropped on the middle of the window. */
  drop(...files: string[]): Promise<void>
  /** Keys on the focused window, as Playwright names them: the menu gets what the page leaves. */
  press(keys: string): Promise<void>
  kill(signal: NodeJS.Signals): void
}

export interface Launch {
  /** The folder of the app, whose package.json names its entry. */
  app: string
  home: string
  files: readonly string[]
}
