import type { Page } from '@playwright/test'

/**
 * Where a flow takes place: in a browser that looks at `serve`, or in the window of the desktop app. A flow is written once and says nothing
 * of either; where only one of them has a thing, such as a menu, the other has the act that comes nearest.
 */
export interface Stage {
  /** Of this test alone; gone with it. */
  readonly folder: string
  readonly home: string
  /** The process that is the master, whose children are the workers. */
  readonly pid: number
  readonly mode: 'serve' | 'desktop'
  /** Starts the host, with its dashboard in view. */
  start(): Promise<Page>
  /** Ends the host in order. */
  stop(): Promise<void>
  /** Leaves the dashboard while jobs run: they go on in a background host. */
  leave(): Promise<void>
  /** The dashboard's page after its process has gone. */
  comeBack(): Promise<Page>
  /** Real files of the disk, dropped on the middle of the page. */
  drop(page: Page, ...files: string[]): Promise<void>
  /** Starts the program once more on the same home, with a file; resolves with that process's exit code. */
  startAgain(file: string): Promise<number | null>
  /** By the menu's keys in the app; in a browser by its address, which can be kept and linked. */
  goTo(page: Page, screen: Screen): Promise<void>
}

export type Screen = 'New job' | 'Jobs' | 'Workers' | 'Storage' | 'Diagnostics'
export type ClosableStage = Stage & { close(): Promise<void> }
