import type { Command } from 'commander'
import type { Verb } from '../commandLine.ts'
import { Refusal } from '../exitCodes.ts'
import { serve } from './serve.ts'

/** Bare `gristmill`: opens the app. A word that is no verb ends up here too. */
export const addDashboard: Verb = (program, context) => {
  program.allowExcessArguments().action(async (_options: object, command: Command) => {
    const [word] = command.args
    if (word !== undefined) throw new Refusal(`unknown command '${word}'; see gristmill --help`)
    context.terminal.note(
      'gristmill: opening the dashboard in the browser; Ctrl-C ends it, gristmill --help tells more',
    )
    context.end(await serve({ port: '0', open: true }, command, context))
  })
}
