import { inputJsonSchema, outputJsonSchema, type JsonSchema, type Kind } from '../../contract/kind.ts'
import { makeVerb, type Context, type Verb } from '../commandLine.ts'
import { Refusal } from '../exitCodes.ts'
import { table } from '../table.ts'

/** `kinds [KIND]`: what can be run, and what one kind takes and gives. */
export const addKinds: Verb = (program, context) => {
  makeVerb(program, 'kinds', 'what can be run')
    .argument('[kind]', 'one kind, with its params and result')
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, { json = false }: { json?: boolean }) => {
      const { plans } = await import('../../master/engine/plans.ts')
      const kinds = plans.map(({ kind }) => kind)
      if (id === undefined) listKinds(kinds, json, context)
      else showKind(findKind(kinds, id), json, context)
    })
}

export function findKind(kinds: readonly Kind[], id: string): Kind {
  const kind = kinds.find((one) => one.id === id)
  if (kind) return kind
  throw new Refusal(`unknown kind '${id}'; known kinds: ${kinds.map((one) => one.id).join(', ')}`)
}

function listKinds(kinds: readonly Kind[], json: boolean, { terminal }: Context): void {
  if (json) return terminal.printJson(kinds.map(({ id, title, version }) => ({ id, title, version })))
  const rows = kinds.map(({ id, title, summary }) => [id, title, summary])
  terminal.print(table(['kind', 'title', 'what it does'], rows, (line) => terminal.style('bold', line)))
}

function typeText(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map(String).join(' | ')
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeText))].join(' | ')
  if (schema.type === 'array') return `list of ${typeText(schema.items ?? {})}`
  return schema.type === undefined ? 'any' : [schema.type].flat().join(' | ')
}

function fieldsText(schema: JsonSchema, terminal: Context['terminal']): string {
  const fields = Object.entries(schema.properties ?? {})
  if (fields.length === 0) return 'none'
  const rows = fields.map(([name, field]) => [
    name,
    typeText(field),
    field.default === undefined ? '' : JSON.stringify(field.default),
    field.description ?? field.title ?? '',
  ])
  return table(['name', 'type', 'default', 'meaning'], rows, (line) => terminal.style('bold', line))
}

function showKind(kind: Kind, json: boolean, { terminal }: Context): void {
  const { id, title, version } = kind
  const [params, result] = [inputJsonSchema(kind.params), outputJsonSchema(kind.result)]
  if (json) return terminal.printJson({ id, title, version, params, result })
  const reads = kind.inputs === 'none' ? 'no input' : `${kind.accepts.join(', ')} (${kind.inputs})`
  terminal.print(`${terminal.style('bold', id)}: ${title}\n${kind.summary}\nReads ${reads}.`)
  terminal.print(`\nparams\n${fieldsText(params, terminal)}\n\nresult\n${fieldsText(result, terminal)}`)
}
