import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Inspection } from '../../contract/dataset.ts'
import { type TableWishes, tableWishesSchema } from '../../contract/table.ts'
import { artifactPlaces } from '../../master/host/artifactPlaces.ts'
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
        for (const file of await filesOf(input, ledgerFile(command, context)))
          inspections.push(await inspectOne(file, table))
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

async function inspectOne({ path, name }: File, table: TableWishes): Promise<Inspection> {
  const { inspect } = await import('../../datasets/inspect.ts')
  const reply = await inspect(path, { table })
  if (!reply.ok) throw new Refusal(reply.message)
  const { inspection } = reply
  return name === null ? inspection : { ...inspection, input: { ...inspection.input, name } }
}

interface File {
  path: string
  name: string | null
}

/** What an earlier job wrote may be a folder of files. */
async function filesOf({ word, name }: InputWord, ledger: string): Promise<File[]> {
  if (word === '-') throw new Refusal('cannot inspect stdin: name a file')
  const named = artifactWord(word)
  if (named === undefined) return [{ path: resolve(word), name: name ?? null }]
  const artifacts = await readJob(ledger, named.job, (reader, { number }) => reader.artifacts(number))
  const places = await artifactPlaces({ type: 'artifact', ...named }, artifacts)
  if (!places.ok) throw new Refusal(places.error.message)
  return places.value
}
