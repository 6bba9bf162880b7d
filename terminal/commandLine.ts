import { Command, CommanderError } from 'commander'
import { oneLine } from '../contract/oneLine.ts'
import type { Places, Terminal } from './terminal.ts'
import { Refusal, exitCodes } from './exitCodes.ts'

/** What every verb gets: where to write, what stands where, and how to end. */
export interface Context {
  terminal: Terminal
  places: Places
  version: string
  env: NodeJS.ProcessEnv
  /** Keeps the exit code; the process ends by itself when nothing is open any more. */
  end(exitCode: number): void
  /** Ends the process now, whatever is open. */
  abort(exitCode: number): void
}

/** Adds one verb to the program. Its heavy imports are made when it runs. */
export type Verb = (program: Command, context: Context) => void

interface ReadOptions {
  home?: string
}

/** `--home` may stand before or after the verb. */
export function homeOption(command: Command): string | undefined {
  return command.optsWithGlobals<ReadOptions>().home
}

/** Commander's words as one line. */
function usageLine(message: string): string {
  return message
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim()
}

/** Adds a verb with what all verbs share: usage errors become a Refusal, help goes where it was asked for. */
export function makeVerb(program: Command, usage: string, description: string): Command {
  return quietly(program.command(usage).description(description).option('--home <dir>', 'home folder'))
}

/** A verb of a verb. */
export function nestVerb(verb: Command, usage: string, description: string): Command {
  return quietly(verb.command(usage).description(description).option('--home <dir>', 'home folder'))
}

function quietly(command: Command): Command {
  return command
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .helpOption('-h, --help', 'show help')
}

export function makeProgram(version: string): Command {
  return quietly(new Command('gristmill'))
    .description('Compute jobs on every core of this machine, none of them lost.')
    .version(version, '-V, --version', 'show the version')
    .option('--home <dir>', 'home folder (or GRISTMILL_HOME)')
    .helpCommand(false)
    .showSuggestionAfterError(true)
}

/** Runs the command line. What goes wrong comes out as one line on stderr and an exit code. */
export async function runProgram(program: Command, args: readonly string[], context: Context): Promise<void> {
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return
    const { line, exitCode } = failureOf(error)
    context.terminal.note(`gristmill: ${isForeseen(error) ? oneLine(line) : line}`)
    // Only what was foreseen has cleaned up behind itself; after a bug, workers and threads may still run.
    if (isForeseen(error)) context.end(exitCode)
    else context.abort(exitCode)
  }
}

function isForeseen(error: unknown): boolean {
  return error instanceof CommanderError || error instanceof Refusal
}

/** What the system forbids this person is no mistake of the program's. */
function isForbidden(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error && forbidden.has(String(error.code))
}

const forbidden: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS'])

/** What ended a command, as a line and an exit code. A bug keeps its stack: it is for whoever mends it. */
function failureOf(error: unknown): { line: string; exitCode: number } {
  if (error instanceof CommanderError) return { line: usageLine(error.message), exitCode: exitCodes.refused }
  if (error instanceof Refusal) return { line: error.message, exitCode: error.exitCode }
  if (isForbidden(error)) return { line: `cannot go on: ${error.message}`, exitCode: exitCodes.refused }
  if (error instanceof Error && error.name === 'StoreError') return { line: error.message, exitCode: exitCodes.failed }
  return { line: error instanceof Error ? (error.stack ?? error.message) : String(error), exitCode: exitCodes.failed }
}
