import type { Command } from 'commander'
import { makeVerb, type Verb } from '../commandLine.ts'
import { resultText } from '../documentText.ts'
import { Refusal } from '../exitCodes.ts'
import { ledgerFile } from '../homeFolder.ts'
import { readJob } from '../ledger.ts'

/** `result JOB`: the result alone. A job without one is told by its state. */
export const addResult: Verb = (program, context) => {
  makeVerb(program, 'result', "a job's result")
    .argument('<job>', "id, start of an id, or 'last'")
    .option('--json', 'print JSON')
    .action(async (name: string, { json = false }: { json?: boolean }, command: Command) => {
      const { document } = await readJob(ledgerFile(command, context), name, (reader, { number }) =>
        reader.detail(number),
      )
      const { job, result } = document
      if (json) return context.terminal.printJson(result)
      if (result === null) throw new Refusal(`job ${job.id} has no result: it is ${job.state}`)
      context.terminal.print(resultText(result, context.terminal.style))
    })
}
