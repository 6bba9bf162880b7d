import type { Command } from 'commander'
import type { Recipe } from '../../contract/recipe.ts'
import type { ApiClient } from '../../master/host/host.ts'
import { makeVerb, nestVerb, type Context, type Verb } from '../commandLine.ts'
import { Refusal, valueOf } from '../exitCodes.ts'
import { instant } from '../figures.ts'
import { homeFolder, ledgerFile } from '../homeFolder.ts'
import { readJob } from '../ledger.ts'
import { parseParams } from '../params.ts'
import { recipesIn } from '../recipes.ts'
import { table } from '../table.ts'
import { findKind } from './kinds.ts'

const collect = (value: string, earlier: string[]) => [...earlier, value]

interface SaveOptions {
  from?: string
  param: string[]
  force?: boolean
}

/** `recipes`, `recipes save NAME KIND|--from JOB`, `recipes remove NAME`: kinds with their params, kept for `run @NAME`. */
export const addRecipes: Verb = (program, context) => {
  const recipes = makeVerb(program, 'recipes', 'saved kinds with their params, for run @NAME')
    .option('--json', 'print JSON')
    .action(async ({ json = false }: { json?: boolean }, command: Command) => {
      list(await recipesIn(homeFolder(command, context)), json, context)
    })
  addSave(recipes, context)
  const remove = nestVerb(recipes, 'remove', 'forget a recipe')
  remove.argument('<name>', 'which one').action(async (name: string) => {
    await change(remove, context, async ({ recipes: api }) => valueOf(await api.remove({ name })))
  })
}

function addSave(recipes: Command, context: Context): void {
  const save = nestVerb(recipes, 'save', 'keep a kind with its params under a name')
  save
    .argument('<name>', 'what to call it')
    .argument('[kind]', 'what to do; see gristmill kinds')
    .option('-p, --param <key=value>', 'a param of the kind; may be repeated', collect, [])
    .option('--from <job>', 'take kind and params from a job')
    .option('--force', 'replace a recipe of the same name')
    .action(async (name: string, kind: string | undefined) => {
      const options = save.opts<SaveOptions>()
      const wanted = await wantedOf(kind, options, ledgerFile(save, context))
      const replace = options.force === true
      await change(save, context, async ({ recipes: api }) => valueOf(await api.save({ name, ...wanted, replace })))
      context.terminal.note(`gristmill: saved; run it with gristmill run ${quoted(`@${name}`)} INPUT…`)
    })
}

type Wanted = Pick<Recipe, 'kind' | 'params'>

async function wantedOf(kind: string | undefined, { from, param }: SaveOptions, ledger: string): Promise<Wanted> {
  if ((kind === undefined) === (from === undefined))
    throw new Refusal('a recipe needs a KIND or --from JOB, one of them')
  const { plans } = await import('../../master/engine/plans.ts')
  const kinds = plans.map((plan) => plan.kind)
  if (from === undefined) return { kind: kind!, params: parseParams(findKind(kinds, kind!), param) }
  const { document } = await readJob(ledger, from, (reader, { number }) => reader.detail(number))
  const { kind: id, params } = document.job
  return { kind: id, params: parseParams(findKind(kinds, id), param, params) }
}

async function change(command: Command, context: Context, use: (client: ApiClient) => Promise<unknown>): Promise<void> {
  const { takeSeat } = await import('../seat.ts')
  const seat = await takeSeat({ home: homeFolder(command, context), mode: 'run', roots: [], context })
  try {
    await use(seat.client)
  } finally {
    await seat.leave({ keepGoing: true })
  }
}

function list(recipes: readonly Recipe[], json: boolean, { terminal }: Context): void {
  if (json) return terminal.printJson(recipes)
  if (recipes.length === 0) return terminal.note('gristmill: no recipe has been saved yet')
  const rows = recipes.map(({ name, kind, params, savedAt }) => [
    `@${name}`,
    kind,
    Object.entries(params)
      .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      .join(' '),
    instant(savedAt),
  ])
  terminal.print(table(['recipe', 'kind', 'params', 'saved'], rows, (line) => terminal.style('bold', line)))
}

const quoted = (word: string): string => (/^[\w@.-]+$/.test(word) ? word : `'${word}'`)
