import type { Command } from 'commander'
import { makeVerb, type Verb } from '../commandLine.ts'
import { exitCodes, Refusal } from '../exitCodes.ts'
import { homeFolder } from '../homeFolder.ts'

/** `desktop`: the desktop app and nothing else in its place. */
export const addDesktop: Verb = (program, context) => {
  makeVerb(program, 'desktop', 'the desktop app; fails where Electron cannot run').action(
    async (_options: object, command: Command) => {
      const { openDesktop } = await import('../openDesktop.ts')
      const opened = await openDesktop({ home: homeFolder(command, context), context })
      if (opened.ran) return context.end(opened.exitCode)
      throw new Refusal(
        `cannot open the desktop app: ${opened.why}; type gristmill for the dashboard in the browser`,
        exitCodes.failed,
      )
    },
  )
}
