import type { EventEmitter } from 'node:events'

/**
 * Electron's main process only warns of a rejection that nobody heard. It is a bug of ours, and nothing may go on as if nothing had
 * happened: it is noted with its stack, the person is told, and the app ends. Jobs go on at the next start, as after any other end.
 */
export interface BugParts {
  process: Pick<EventEmitter, 'once'>
  log: (bug: unknown) => void
  complain: (line: string) => void
  exit: (code: number) => void
}

const exitCode = 70

export function stopOnBugs({ process, log, complain, exit }: BugParts): void {
  process.once('unhandledRejection', (reason: unknown) => {
    log(reason)
    const what = reason instanceof Error ? reason.message : String(reason)
    complain(`Gristmill has to stop because of a bug: ${what}. Nothing is lost: jobs go on at the next start.`)
    exit(exitCode)
  })
}
