import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Inspection } from '../../contract/dataset.ts'
import { type TableWishes, tableWishesSchema } from '../../contract/table.ts'
import { artifactWord } from '../artifactWord.ts'
import { makeVerb, type Verb } from '../commandLine.ts'
import { Refusal } from '../exitCodes.ts'
import { ledgerFile } from '../homeFolder.ts'
import { findInputs, type InputWord } from '../inputWords.ts'
import { inspectionsText } from '../inspectionText.ts'
import { readJob } from '../ledger.ts'
import { parseParams } from '../params.ts'

interface InspectOptions {
  json?: boolean
  param: string[]
}

/** `inspect INPUT…`: what a dataset is, before any job. Needs no host. */
export const addInspect: Verb = (program, context) => {
  makeVerb(program, 'inspect', 'what a dataset is: format, encoding, dialect, columns, a preview')
    .argument('<inputs...>', 'files, folders, patterns, or job:ID/NAME for what an earlier job wrote')
    .option(
      '-p, --param <key=value>',
      "how to read a table, such as delimiter=';' or header=false; may be repeated",
      (value: string, earlier: string[]) => [...earlier, value],
      [],
    )
    .option('--json', 'print JSON')
    .action(async (words: string[], { json = false, param }: InspectOptions, command: Command) => {
      const table = wishesOf(param)
      const inspections: Inspection[] = []
      for (const input of await findInputs(words))
        inspections.push(await inspectOne(input, { table, ledger: ledgerFile(command, context) }))
      const { terminal } = context
      if (json) terminal.printJson(inspections)
      else terminal.print(inspectionsText(inspections, terminal))
    })
}

const takes = { id: 'inspect', params: tableWishesSchema, refusal: 'cannot inspect' }

function wishesOf(words: readonly string[]): TableWishes {
  const read = tableWishesSchema.safeParse(parseParams(takes, words))
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new Refusal(`cannot inspect: param ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
}

async function inspectOne(
  { word, name }: InputWord,
  { table, ledger }: { table: TableWishes; ledger: string },
): Promise<Inspection> {
  if (word === '-') throw new Refusal('cannot inspect stdin: name a file')
  const { inspect } = await import('../../datasets/inspect.ts')
  const reply = await inspect(await pathOf(word, ledger), { table })
  if (!reply.ok) throw new Refusal(reply.message)
  const { inspection } = reply
  return name === undefined ? inspection : { ...inspection, input: { ...inspection.input, name } }
}

async function pathOf(input: string, ledger: string): Promise<string> {
  const word = artifactWord(input)
  if (word === undefined) return resolve(input)
  const artifacts = await readJob(ledger, word.job, (reader, { number }) => reader.artifacts(number))
  const found = artifacts.find(({ name }) => name === word.name)
  if (found === undefined) throw new Refusal(`cannot read ${input}: job ${word.job} wrote no file of that name`)
  return found.path
}
