import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Inspection } from '../../contract/dataset.ts'
import { artifactWord } from '../artifactWord.ts'
import { makeVerb, type Verb } from '../commandLine.ts'
import { Refusal } from '../exitCodes.ts'
import { ledgerFile } from '../homeFolder.ts'
import { inspectionText } from '../inspectionText.ts'
import { readJob } from '../ledger.ts'

/** `inspect INPUT…`: what a dataset is, before any job. Needs no host. */
export const addInspect: Verb = (program, context) => {
  makeVerb(program, 'inspect', 'what a dataset is: format, encoding, dialect, columns, a preview')
    .argument('<inputs...>', 'files, or job:ID/NAME for what an earlier job wrote')
    .option('--json', 'print JSON')
    .action(async (inputs: string[], { json = false }: { json?: boolean }, command: Command) => {
      const { inspect } = await import('../../datasets/inspect.ts')
      const inspections: Inspection[] = []
      for (const input of inputs) {
        const reply = await inspect(await pathOf(input, ledgerFile(command, context)))
        if (!reply.ok) throw new Refusal(reply.message)
        inspections.push(reply.inspection)
      }
      const { terminal } = context
      if (json) terminal.printJson(inspections)
      else terminal.print(inspections.map((one) => inspectionText(one, terminal)).join('\n\n'))
    })
}

async function pathOf(input: string, ledger: string): Promise<string> {
  const word = artifactWord(input)
  if (word === undefined) return resolve(input)
  const artifacts = await readJob(ledger, word.job, (reader, { number }) => reader.artifacts(number))
  const found = artifacts.find(({ name }) => name === word.name)
  if (found === undefined) throw new Refusal(`cannot read ${input}: job ${word.job} wrote no file of that name`)
  return found.path
}
