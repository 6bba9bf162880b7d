import type { Command } from 'commander'
import { makeVerb, type Verb } from '../commandLine.ts'
import { instant, printable } from '../figures.ts'
import { ledgerFile } from '../homeFolder.ts'
import { readJob } from '../ledger.ts'

/** `log JOB`: the job's story, a line for each thing that happened. */
export const addLog: Verb = (program, context) => {
  makeVerb(program, 'log', "a job's story")
    .argument('<job>', "id, start of an id, or 'last'")
    .option('--json', 'print JSON')
    .action(async (name: string, { json = false }: { json?: boolean }, command: Command) => {
      const { events } = await readJob(ledgerFile(command, context), name, (reader, { number }) =>
        reader.detail(number),
      )
      const { terminal } = context
      if (json) return terminal.printJson(events)
      for (const { at, text } of events) terminal.print(`${terminal.style('gray', instant(at))}  ${printable(text)}`)
    })
}
