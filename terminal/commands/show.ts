import type { Command } from 'commander'
import { makeVerb, type Verb } from '../commandLine.ts'
import { documentText } from '../documentText.ts'
import { failuresText } from '../failuresText.ts'
import { homeFolder, ledgerFile } from '../homeFolder.ts'
import { readDetail } from '../ledger.ts'
import { waitOf } from '../waiting.ts'

/** `show JOB`: the job's document, as `run` printed it. */
export const addShow: Verb = (program, context) => {
  makeVerb(program, 'show', 'a job with its result')
    .argument('<job>', "id, start of an id, or 'last'")
    .option('--json', 'print JSON')
    .action(async (name: string, { json = false }: { json?: boolean }, command: Command) => {
      const { document, failures } = await readDetail(ledgerFile(command, context), name)
      const { terminal } = context
      if (json) return terminal.printJson(document)
      const waitsFor = await waitOf(homeFolder(command, context), document.job)
      terminal.print(documentText(document, terminal.style, waitsFor))
      if (failures.length > 0)
        terminal.print(`\n${terminal.style('yellow', 'failed attempts')}\n${failuresText(failures, terminal.style)}`)
    })
}
