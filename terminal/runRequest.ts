import { readFile } from 'node:fs/promises'
import { basename, extname, resolve } from 'node:path'
import type { JobRequest, Source } from '../contract/api.ts'
import type { Kind } from '../contract/kind.ts'
import { artifactWord } from './artifactWord.ts'
import { Refusal } from './exitCodes.ts'
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
  quiet?: boolean
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
  const word = artifactWord(first)?.name ?? first
  const stem = word === '-' ? 'stdin' : basename(resolve(word), extname(word))
  return `${kind.id} ${stem}`.slice(0, 200)
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
export function sourcesOf(inputs: readonly string[], spooled: string | undefined): Source[] {
  return inputs.map((input) => {
    if (input === '-' && spooled !== undefined) return { type: 'spooled', path: spooled, name: 'stdin' }
    const artifact = artifactWord(input)
    return artifact === undefined ? { type: 'path', path: resolve(input) } : { type: 'artifact', ...artifact }
  })
}
