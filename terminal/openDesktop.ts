import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, resolve } from 'node:path'
import { isatty } from 'node:tty'
import type { Context } from './commandLine.ts'
import { chooseDesktop, type Choice, type Surroundings } from './desktop.ts'
import { findElectron } from './electronProgram.ts'
import { exitCodes } from './exitCodes.ts'
import { fetchElectron } from './fetchElectron.ts'

/** Opens the desktop app where that can be done: looks around, fetches Electron when it may, starts it and stays until it ends. */
export interface Opening {
  home: string
  context: Context
}

export type Opened =
  /** The app ran, and ended with this. */
  { ran: true; exitCode: number } | { ran: false; why: string; screen: boolean }

/** What a shell and a loader end with for a program whose libraries are missing. */
const cannotLoad = 127
const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export async function openDesktop(opening: Opening): Promise<Opened> {
  const note = (text: string) => opening.context.terminal.note(`gristmill: ${text}`)
  let choice = chooseDesktop(lookAround(opening.context, null))
  if (choice.open === 'fetch') {
    note(choice.note)
    choice = chooseDesktop(lookAround(opening.context, await fetchElectron(choice.installer)))
  }
  if (choice.open !== 'desktop') return notOpened(choice)
  if (choice.note !== null) note(choice.note)
  return runApp(choice, opening)
}

function notOpened(choice: Exclude<Choice, { open: 'desktop' }>): Opened {
  if (choice.open === 'browser') return { ran: false, why: choice.why, screen: choice.screen }
  return { ran: false, why: 'fetching Electron succeeded, and its program is still not there', screen: true }
}

function lookAround({ places, env }: Context, fetchFailed: string | null): Surroundings {
  const { platform } = process
  return {
    electron: findElectron({ from: places.entry, env, platform }),
    platform,
    env,
    root: process.getuid?.() === 0,
    terminal: isatty(1),
    fetchFailed,
  }
}

async function runApp({ program, flags }: Extract<Choice, { open: 'desktop' }>, opening: Opening): Promise<Opened> {
  const { places, env, terminal } = opening.context
  const { ELECTRON_RUN_AS_NODE: _, ...rest } = env
  // Before there is a program: what comes while it starts is passed on as soon as it has.
  let running: ChildProcess | null = null
  const forward = (signal: NodeJS.Signals) => void running?.kill(signal)
  for (const signal of forwarded) process.on(signal, forward)
  // The folder comes first: what follows it is the app's own.
  const app = spawn(program, [resolve(dirname(places.entry), '../..'), ...flags], {
    stdio: 'inherit',
    env: { ...rest, GRISTMILL_HOME: opening.home },
  })
  running = app
  try {
    const [code, signal] = (await once(app, 'close')) as [number | null, NodeJS.Signals | null]
    if (code === cannotLoad) return { ran: false, why: 'Electron’s program cannot run here', screen: true }
    if (signal !== null) terminal.note(`gristmill: the desktop app was ended by ${signal}`)
    return { ran: true, exitCode: code ?? exitCodes.failed }
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    return { ran: false, why: `Electron’s program cannot be started (${error.message})`, screen: true }
  } finally {
    for (const signal of forwarded) process.off(signal, forward)
  }
}
