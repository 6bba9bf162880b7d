import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Other programs that answer the same questions. Each is a process that is measured from its start to its end. */
export interface Peer {
  name: string
  /** Null when it is not installed. */
  version: string | null
}

/** What a peer does with a question; null where it has no answer to it. */
export interface Command {
  program: string
  args: readonly string[]
  env?: NodeJS.ProcessEnv
  /** Where what it prints goes. */
  stdout?: string
}

interface Place {
  input: string
  output: string
}

export const peers = {
  duckdb: { name: 'DuckDB', version: duckDbVersion() },
  miller: { name: 'Miller', version: versionOf('mlr') },
  sort: { name: 'GNU sort', version: versionOf('sort') },
} as const satisfies Record<string, Peer>
export type PeerName = keyof typeof peers

/** `{input}` stands for the table, `{output}` for the file to write. */
export function duckDb(sql: string, { input, output }: Place, threads: number): Command {
  const table = `read_csv('${input}', header = true, quote = '"', escape = '"', delim = ',')`
  const text = sql.replaceAll('{input}', table).replaceAll('{output}', `'${output}'`)
  return { program: process.execPath, args: [join(import.meta.dirname, 'duckdb.ts'), String(threads), text] }
}

export function miller(words: readonly string[], { input, output }: Place): Command {
  return { program: 'mlr', args: ['--icsv', ...words, input], stdout: output }
}

/** By bytes. */
export function gnuSort({ input, output }: Place, threads: number): Command {
  const args = [`--parallel=${threads}`, '-o', output, input]
  return { program: 'sort', args, env: { ...process.env, LC_ALL: 'C' } }
}

/** In milliseconds. */
export async function timeOf({ program, args, env = process.env, stdout }: Command): Promise<number> {
  const output = stdout === undefined ? null : openSync(stdout, 'w')
  const begunAt = performance.now()
  const child = spawn(program, args, { env, stdio: ['ignore', output ?? 'ignore', 'inherit'] })
  const [code] = (await once(child, 'close')) as [number | null]
  const ms = performance.now() - begunAt
  if (output !== null) closeSync(output)
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}`)
  return ms
}

function versionOf(program: string): string | null {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  return status === 0 ? (stdout.split('\n')[0] ?? '') : null
}

function duckDbVersion(): string {
  const file = resolve(import.meta.dirname, '../../node_modules/@duckdb/node-api/package.json')
  return `@duckdb/node-api ${(JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version}`
}
