import type { Command } from 'commander'
import type { Verb } from '../commandLine.ts'
import { Refusal } from '../exitCodes.ts'
import { homeFolder } from '../homeFolder.ts'
import { serve } from './serve.ts'

/** Bare `gristmill`: opens the desktop app, or the dashboard in the browser and says why. A word that is no verb ends up here too. */
export const addDashboard: Verb = (program, context) => {
  program.allowExcessArguments().action(async (_options: object, command: Command) => {
    const [word] = command.args
    if (word !== undefined) throw new Refusal(`unknown command '${word}'; see gristmill --help`)
    const { openDesktop } = await import('../openDesktop.ts')
    const opened = await openDesktop({ home: homeFolder(command, context), context })
    if (opened.ran) return context.end(opened.exitCode)
    const instead = opened.screen ? 'opening the dashboard in the browser' : 'open this address in a browser'
    context.terminal.note(`gristmill: ${opened.why}; ${instead}; Ctrl-C ends it, gristmill --help tells more`)
    context.end(await serve({ port: '0', open: opened.screen }, command, context))
  })
}
