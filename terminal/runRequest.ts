import { readFile } from 'node:fs/promises'
import { basename, extname, join, resolve, sep } from 'node:path'
import type { JobRequest, Source } from '../contract/api.ts'
import type { Kind } from '../contract/kind.ts'
import { artifactWord } from './artifactWord.ts'
import { Refusal } from './exitCodes.ts'
import type { InputWord } from './inputWords.ts'
import { parseParams, type Params } from './params.ts'
import { parseCount, parseSize } from './size.ts'

/** From the words of `run` to the request that a host takes. Everything that can be refused before a host is needed is refused here. */
export interface RunOptions {
  param: string[]
  params?: string
  name?: string
  out?: string
  workers?: string
  split?: string
  maxRejects?: string
  force?: boolean
  detach?: boolean
  json?: boolean
  jsonLines?: boolean
  quiet?: boolean
  each?: boolean
  dryRun?: boolean
  home?: string
}

export interface RunWords {
  kind: Kind
  /** A recipe's: what --params and -p say comes on top of them. */
  params: Params
  inputs: readonly string[]
  options: RunOptions
}

/** The request without what only a home can give: where stdin was spooled. */
export type RunRequest = Omit<JobRequest, 'sources'>

export async function makeRunRequest({ kind, params, inputs, options }: RunWords): Promise<RunRequest> {
  if (inputs.filter((input) => input === '-').length > 1)
    throw new Refusal("'-' can stand for only one input: stdin ends once")
  const file = options.params === undefined ? {} : await readParamsFile(options.params)
  const name = nameOf(kind, inputs, options)
  const counts = countsOf(inputs, options)
  return {
    kind: kind.id,
    params: parseParams(kind, options.param, onTop(params, file)),
    name,
    out: outOf(name, options),
    ...(options.force === true ? { force: true } : {}),
    ...counts,
  }
}

/** A job to be made, with its inputs. */
export interface RunPiece {
  inputs: readonly InputWord[]
  request: RunRequest
}

/** One job over all that was found. */
export async function allInOne(words: RunWords, found: readonly InputWord[]): Promise<RunPiece> {
  const [first] = words.inputs
  // What a pattern found tells more than the pattern; what lies in a folder tells less than the folder.
  const isFolder =
    found[0] !== undefined && first !== undefined && resolve(found[0].word).startsWith(`${resolve(first)}${sep}`)
  const inputs = isFolder ? words.inputs : found.map(({ word }) => word)
  return { inputs: found, request: await makeRunRequest({ ...words, inputs }) }
}

/** A job for each input; files of one name go to folders of their own all the same. */
export async function onePerInput(words: RunWords, found: readonly InputWord[]): Promise<RunPiece[]> {
  if (found.length === 0) throw new Refusal('--each needs inputs')
  const { name, out } = words.options
  const folders = eachOnce(found.map((input) => folderName(stemOf(input.word))))
  const pieces: RunPiece[] = []
  for (const [at, input] of found.entries()) {
    const options = {
      ...words.options,
      ...(name === undefined ? {} : { name: `${name} ${stemOf(input.word)}`.slice(0, 200) }),
      ...(out === undefined || out === '' ? {} : { out: join(out, folders[at] ?? '') }),
    }
    pieces.push({ inputs: [input], request: await makeRunRequest({ ...words, inputs: [input.word], options }) })
  }
  return pieces
}

/** What comes again gets -2, -3, … */
function eachOnce(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    let free = name
    for (let count = 2; taken.has(free); count += 1) free = `${name}-${count}`
    taken.add(free)
    return free
  })
}

/** Whatever is no object is left for parseParams to refuse. */
function onTop(params: Params, file: unknown): unknown {
  return typeof file === 'object' && file !== null && !Array.isArray(file) ? { ...params, ...file } : file
}

async function readParamsFile(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new Refusal(`cannot read the params file ${path}: ${error.message}`)
  })
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new Refusal(`cannot read the params file ${path}: ${error.message}`)
  }
}

function nameOf(kind: Kind, inputs: readonly string[], { name }: RunOptions): string {
  if (name === '' || (name !== undefined && name.length > 200)) throw new Refusal('--name takes 1 to 200 characters')
  if (name !== undefined) return name
  const [first] = inputs
  if (first === undefined) return kind.id
  return `${kind.id} ${stemOf(first)}`.slice(0, 200)
}

function stemOf(input: string): string {
  const word = artifactWord(input)?.name ?? input
  return word === '-' ? 'stdin' : basename(resolve(word), extname(word))
}

type Counts = Pick<JobRequest, 'workers' | 'split' | 'maxRejects'>

function countsOf(inputs: readonly string[], options: RunOptions): Counts {
  const counts: Counts = {}
  if (options.workers !== undefined) {
    const workers = parseCount(options.workers, [1, 64])
    if (workers === undefined) throw new Refusal(`--workers takes 1 to 64, not '${options.workers}'`)
    counts.workers = workers
  }
  if (options.maxRejects !== undefined) {
    const maxRejects = parseCount(options.maxRejects, [0, Number.MAX_SAFE_INTEGER])
    if (maxRejects === undefined) throw new Refusal(`--max-rejects takes a number, not '${options.maxRejects}'`)
    counts.maxRejects = maxRejects
  }
  if (options.split !== undefined) {
    const unit = inputs.length > 0 ? 'bytes' : 'items'
    const split = parseSize(options.split, unit)
    const takes = unit === 'bytes' ? 'bytes, with K, M or G if you like' : 'a number of items'
    if (split === undefined) throw new Refusal(`--split takes ${takes}, not '${options.split}'`)
    counts.split = split
  }
  return counts
}

/** A folder's name that every file system takes. */
export function folderName(name: string): string {
  const plain = name
    .replaceAll(/[\p{Cc}/\\:*?"<>|]/gu, '-')
    .replaceAll(/\s+/g, '-')
    .replace(/^\.+/, '')
    .replace(/[. ]+$/, '')
  // 255 bytes are the most that a name may have, and a number may follow.
  const folder = Buffer.from(plain)
    .subarray(0, 240)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')
  return folder === '' ? 'job' : folder
}

function outOf(name: string, { out }: RunOptions): JobRequest['out'] {
  if (out === '') throw new Refusal('--out needs a folder')
  if (out !== undefined) return { dir: resolve(out), choose: 'exact' }
  return { dir: resolve('gristmill-out', folderName(name)), choose: 'fresh' }
}

/** `-` is what was spooled, `job:ID/NAME` what an earlier job wrote; whatever else is a path. */
export function sourcesOf(inputs: readonly InputWord[], spooled: string | undefined): Source[] {
  return inputs.map(({ word, name }) => {
    if (word === '-' && spooled !== undefined) return { type: 'spooled', path: spooled, name: 'stdin' }
    const artifact = artifactWord(word)
    if (artifact !== undefined) return { type: 'artifact', ...artifact }
    return { type: 'path', path: resolve(word), ...(name === undefined ? {} : { name }) }
  })
}
