import type { Page } from '@playwright/test'
import type { ElectronModule } from './notes.ts'

/** One process of the app, on the double or on a real Electron: what specs do is the same on both. */
export interface AppProcess {
  readonly pid: number
  /** Resolves with its exit code. */
  readonly exit: Promise<number | null>
  /** What it has written to stderr. */
  readonly complaints: string
  /** The page of its window, when there is one that lives. */
  page(): Page | undefined
  /** Runs a function inside the app's main process; it sees nothing but what it is given, clones of it. */
  evaluate<Given>(run: (electron: ElectronModule, given: Given) => unknown, given: Given): Promise<unknown>
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

/** The page of a window that must be there. */
export function shownBy(app: Pick<AppProcess, 'page'>): Page {
  const page = app.page()
  if (page === undefined) throw new Error('there is no window')
  return page
}
