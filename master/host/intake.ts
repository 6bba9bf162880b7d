import { randomBytes } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, extname, isAbsolute, join } from 'node:path'
import type { z } from 'zod'
import type { JobRequest, Source } from '../../contract/api.ts'
import { type CommandResult, refuse, succeed } from '../../contract/commandError.ts'
import type { Input, Inspection } from '../../contract/dataset.ts'
import { assertNever } from '../../contract/invariant.ts'
import type { NewJob } from '../../contract/job.ts'
import type { Artifact } from '../../contract/outcome.ts'
import { forbiddenNameIn, type Json } from '../../contract/json.ts'
import type { Kind } from '../../contract/kind.ts'
import type { TableWishes } from '../../contract/table.ts'
import type { InspectOptions, InspectReply } from '../../contract/workerMessages.ts'
import { cellBytesFor } from '../../datasets/bytes/grid.ts'
import { UnionRefused, uniteTables } from '../../datasets/table/unite.ts'
import { artifactPlaces, type ArtifactSource } from './artifactPlaces.ts'
import { exists, isWithin, whyUnwritable } from './folders.ts'
import type { Unasked } from '../fleet/inspections.ts'
import type { Caller } from './host.ts'
import { newSpoolName } from './spoolNames.ts'
import { refusedTo } from './trust.ts'

export interface IntakeParts {
  kinds: readonly Kind[]
  /** Where jobs without a folder of their own write: `<out>/<job id>/`. */
  out: string
  spool: string
  roots: readonly string[]
  versions: Record<string, string>
  /** As the table that a person says it is, if anything was said. */
  inspect(path: string, options: InspectOptions): Promise<InspectReply | Unasked>
  /** What a token that a page was given stands for: an upload in the spool, or a file that the person chose where it lies. */
  named(token: string): Place | undefined
  /** What an earlier job wrote. */
  artifacts(job: string): Promise<CommandResult<Artifact[]>>
  /** Whether an unfinished job will write this file. */
  isPromised(path: string): boolean
  now(): number
}

/** So many inputs are looked at side by side: enough for all workers, few enough that each is answered in time. */
const lookedAtOnce = 32
/** As many as the API takes by name (contract/api.ts). */
const mostInputs = 100_000

/** Who asks, and as what the sources are to be looked at. */
interface Looking {
  caller: Caller
  options: InspectOptions
  /** Of a folder that an earlier job wrote, so many files. */
  mostOfEach: number
}

/** A file that a source stands for; `name` when it is not the file's own. */
export interface Place {
  path: string
  name: string | null
  spooled: boolean
}

/**
 * Turns a request into a job, or refuses it with one clear line; a refusal leaves nothing behind. Everything that can be known to be
 * wrong before work begins is looked at here: the kind, its params, its inputs (on a worker, with fingerprints), its outputs.
 */
export class Intake {
  readonly #parts: IntakeParts

  constructor(parts: IntakeParts) {
    this.#parts = parts
  }

  async accept(request: JobRequest, caller: Caller): Promise<CommandResult<Omit<NewJob, 'number'>>> {
    const kind = this.#kind(request.kind)
    if (!kind.ok) return kind
    const refused = refusedTo(caller, kind.value)
    if (refused !== null) return refused
    if (caller.trust !== 'person' && (request.out !== undefined || request.force === true))
      return refuse(
        'not-allowed',
        'cannot write where a page says: it may name no folder',
        'save the files from the job page',
      )
    const given = checkParams(kind.value, request.params)
    if (!given.ok) return given
    const inputs = await this.#inputsFor(kind.value, given.value, { sources: request.sources, caller })
    if (!inputs.ok) return inputs
    const params = kind.value.settle(given.value, inputs.value) as Record<string, Json>
    const fit = fits(kind.value, params, inputs.value)
    if (!fit.ok) return fit
    const id = newId()
    const outDir = await this.#outDir(kind.value.artifacts(params), { ...request, id })
    if (!outDir.ok) return outDir
    return succeed({
      ...wishes(request),
      id,
      name: request.name ?? defaultName(kind.value, inputs.value),
      kind: kind.value.id,
      kindVersion: kind.value.version,
      params,
      inputs: inputs.value,
      outDir: outDir.value,
      parentId: null,
      host: hostname(),
      versions: this.#parts.versions,
      createdAt: this.#parts.now(),
    })
  }

  /** What the sources are, looked at by workers; of a folder its first file. */
  async inspections(
    sources: readonly Source[],
    caller: Caller,
    table?: TableWishes,
  ): Promise<CommandResult<Inspection[]>> {
    return await this.#look(sources, { caller, options: { table }, mostOfEach: 1 }, (inspection) => inspection)
  }

  /** Inputs of a kind over tables have the columns of all. */
  async #inputsFor(
    kind: Kind,
    params: Record<string, Json>,
    { sources, caller }: { sources: readonly Source[]; caller: Caller },
  ): Promise<CommandResult<Input[]>> {
    if (sources.some(({ type }) => type === 'open')) return openInput(kind, sources, this.#parts.spool)
    const table = kind.table(params)
    const options = { table, folders: kind.accepts.includes('folder') }
    const inputs = await this.#look(sources, { caller, options, mostOfEach: mostInputs }, ({ input }) => input)
    if (!inputs.ok || !kind.accepts.includes('table')) return inputs
    try {
      return succeed(uniteTables(inputs.value, table.fileColumn))
    } catch (error) {
      if (error instanceof UnionRefused) return refuse('invalid-params', `cannot run ${kind.id}: ${error.message}`)
      throw error
    }
  }

  /** Several at once, in their order; of an inspection only what is picked is kept. The first refusal is the answer. */
  async #look<Picked>(
    sources: readonly Source[],
    how: Looking,
    pick: (inspection: Inspection) => Picked,
  ): Promise<CommandResult<Picked[]>> {
    const places = await this.#places(sources, how)
    if (!places.ok) return places
    const found: Picked[] = []
    for (let from = 0; from < places.value.length; from += lookedAtOnce) {
      const some = places.value.slice(from, from + lookedAtOnce).map((place) => this.#inspection(place, how.options))
      for (const inspection of await Promise.all(some)) {
        if (!inspection.ok) return inspection
        found.push(pick(inspection.value))
      }
    }
    return succeed(found)
  }

  async #places(sources: readonly Source[], { caller, options, mostOfEach }: Looking): Promise<CommandResult<Place[]>> {
    const places: Place[] = []
    for (const source of sources) {
      const found =
        source.type === 'artifact'
          ? await this.#artifact(source, options.folders === true)
          : await this.#place(source, caller)
      if (!found.ok) return found
      const some = Array.isArray(found.value) ? found.value.slice(0, mostOfEach) : [found.value]
      for (const place of some) places.push(place)
    }
    if (places.length <= mostInputs) return succeed(places)
    return refuse('invalid-input', `cannot take more than ${mostInputs} files as inputs`, 'take fewer, or larger ones')
  }

  async #inspection(place: Place, options: InspectOptions): Promise<CommandResult<Inspection>> {
    const reply = await this.#parts.inspect(place.path, options)
    if (!reply.ok) return refuse(reply.code, reply.message)
    const { name, spooled } = place
    const { input } = reply.inspection
    return succeed({ ...reply.inspection, input: { ...input, name: name ?? input.name, spooled } })
  }

  #kind(id: string): CommandResult<Kind> {
    const kind = this.#parts.kinds.find((each) => each.id === id)
    if (kind !== undefined) return succeed(kind)
    return refuse(
      'unknown-kind',
      `cannot run '${id}': there is no such kind`,
      `choose one of ${this.#parts.kinds.map((each) => each.id).join(', ')}`,
    )
  }

  /** Which file a source stands for, if this caller may name it so. */
  async #place(source: Exclude<Source, ArtifactSource>, caller: Caller): Promise<CommandResult<Place>> {
    switch (source.type) {
      case 'path':
        if (caller.trust === 'person') return succeed({ path: source.path, name: source.name ?? null, spooled: false })
        return refuse('not-allowed', 'cannot take a path from a page', 'drop the file or pick it from a served folder')
      case 'spooled':
        if (caller.trust === 'person' && (await isInside(this.#parts.spool, source.path)))
          return succeed({ path: source.path, name: source.name, spooled: true })
        return refuse('not-allowed', `cannot take ${source.path}: it is not in the spool`)
      case 'upload':
        return this.#named(source.token)
      case 'listed':
        return await this.#listed(source.path)
      case 'open':
        return refuse('invalid-input', 'cannot look at an open list: nothing of it has come')
      default:
        return assertNever(source, 'place')
    }
  }

  #named(token: string): CommandResult<Place> {
    const place = this.#parts.named(token)
    if (place !== undefined) return succeed(place)
    return refuse(
      'input-missing',
      'cannot find that upload: it is too old or was never finished',
      'drop the file again',
    )
  }

  async #listed(path: string): Promise<CommandResult<Place>> {
    const inside = await Promise.all(this.#parts.roots.map((root) => isInside(root, path)))
    if (inside.some(Boolean)) return succeed({ path, name: null, spooled: false })
    return refuse('not-allowed', `cannot take ${path}: it is not in a served folder`, 'serve its folder with --root')
  }

  /** `whole`: a folder is an input as it is. */
  async #artifact(source: ArtifactSource, whole: boolean): Promise<CommandResult<Place[]>> {
    const artifacts = await this.#parts.artifacts(source.job)
    return artifacts.ok ? await artifactPlaces(source, artifacts.value, whole) : artifacts
  }

  async #outDir(
    names: readonly string[],
    request: Pick<JobRequest, 'out' | 'force'> & { id: string },
  ): Promise<CommandResult<string | null>> {
    if (names.length === 0) return succeed(null)
    const { out, force = false } = request
    if (out === undefined) return succeed(join(this.#parts.out, request.id))
    if (!isAbsolute(out.dir))
      return refuse('output-unwritable', `cannot write to ${out.dir}: the folder must be absolute`)
    const dir = out.choose === 'exact' ? out.dir : await this.#freshDir(out.dir)
    for (const name of names) {
      const path = join(dir, name)
      if (this.#parts.isPromised(path))
        return refuse('output-exists', `cannot write ${path}: another job is going to write it`, 'choose another --out')
      if (!force && (await exists(path)))
        return refuse(
          'output-exists',
          `cannot write ${path}: it exists`,
          'choose another --out or replace it with --force',
        )
    }
    const reason = await whyUnwritable(dir)
    return reason === null
      ? succeed(dir)
      : refuse('output-unwritable', `cannot write to ${dir}: ${reason}`, 'choose another --out')
  }

  /** The folder itself, or the first of -2, -3, … that is free. */
  async #freshDir(dir: string): Promise<string> {
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? dir : `${dir}-${number}`
      if (!(await exists(candidate)) && !this.#parts.isPromised(candidate)) return candidate
    }
  }
}

/** What a person may leave open. */
function wishes(
  request: JobRequest,
): Pick<NewJob, 'force' | 'priority' | 'workers' | 'maxRejects' | 'split' | 'tags' | 'note'> {
  const { force = false, priority = 0, tags = [], note = '' } = request
  const { workers = null, maxRejects = null, split = null } = request
  return { force, priority, workers, maxRejects, split, tags, note }
}

/** Params as the kind's schema gives them back, defaults filled in. */
export function checkParams(kind: Kind, params: unknown): CommandResult<Record<string, Json>> {
  const forbidden = forbiddenNameIn(params)
  if (forbidden !== null) return refuse('invalid-params', `cannot run ${kind.id}: no param may be called ${forbidden}`)
  const parsed = kind.params.safeParse(params)
  if (parsed.success) return succeed(parsed.data as Record<string, Json>)
  return refuse(
    'invalid-params',
    `cannot run ${kind.id}: ${parsed.error.issues.map(issueText).join('; ')}`,
    `see gristmill kinds ${kind.id}`,
  )
}

function issueText(issue: z.core.$ZodIssue): string {
  return issue.path.length === 0 ? issue.message : `param ${issue.path.join('.')}: ${issue.message}`
}

/** It becomes a file once its job is made. */
function openInput(kind: Kind, sources: readonly Source[], spool: string): CommandResult<Input[]> {
  const [source] = sources
  if (source?.type !== 'open' || sources.length > 1)
    return refuse('invalid-input', `cannot run ${kind.id}: an open list is a job's only input`)
  if (!kind.open)
    return refuse('invalid-input', `cannot run ${kind.id} on an open list: it needs all of its input before it begins`)
  const path = join(spool, newSpoolName())
  const fingerprint = { bytes: 0, modifiedAt: 0, inode: '', headTail: '' }
  const open = source.leased ? 'leased' : 'held'
  const cellBytes = cellBytesFor(0)
  return succeed([{ path, name: source.name, bytes: 0, format: 'text', cellBytes, fingerprint, spooled: true, open }])
}

function fits(kind: Kind, params: Record<string, Json>, inputs: readonly Input[]): CommandResult<null> {
  if (inputs[0]?.open !== undefined) return fitsParams(kind, params, inputs)
  if (kind.inputs === 'required' && inputs.length === 0)
    return refuse('invalid-input', `cannot run ${kind.id}: it needs at least one input`)
  if (kind.inputs === 'none' && inputs.length > 0)
    return refuse('invalid-input', `cannot run ${kind.id} on ${inputs[0]?.name ?? ''}: it reads no input`)
  const other = inputs.find((input) => !reads(kind, input))
  if (other !== undefined)
    return refuse(
      'input-wrong-format',
      `cannot run ${kind.id} on ${other.path}: it is ${other.format} and the kind reads ${kind.accepts.join(', ')}`,
    )
  return fitsParams(kind, params, inputs)
}

function fitsParams(kind: Kind, params: Record<string, Json>, inputs: readonly Input[]): CommandResult<null> {
  const wrong = kind.check(params, inputs)
  return wrong === null
    ? succeed(null)
    : refuse('invalid-params', `cannot run ${kind.id}: ${wrong}`, `see gristmill kinds ${kind.id}`)
}

/** A table of any format is read by kinds over tables. */
function reads(kind: Kind, input: Input): boolean {
  return kind.accepts.includes(input.format) || (kind.accepts.includes('table') && input.table !== undefined)
}

/** 60 random bits in Crockford's base 32: short prefixes are unique, unlike those of ids that begin with the time. */
export function newId(): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
  return [...randomBytes(12)].map((byte) => alphabet[byte & 31]).join('')
}

function defaultName(kind: Kind, inputs: readonly Input[]): string {
  const [first] = inputs
  return first === undefined ? kind.id : `${kind.id} ${basename(first.name, extname(first.name))}`.slice(0, 200)
}

async function isInside(folder: string, path: string): Promise<boolean> {
  const real = await Promise.all([realpath(folder), realpath(path)]).catch(() => null)
  if (real === null) return false
  return real[0] !== real[1] && isWithin(real[0], real[1])
}
