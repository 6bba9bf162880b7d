import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import type { Artifact } from '../../contract/outcome.ts'
import type { Job, JobError, Reject } from '../../contract/job.ts'
import type { Json } from '../../contract/json.ts'

/** A build of its own of a copy of the tree with fixture kinds in it, and jobs run by it in a home of their own. */
const root = resolve(import.meta.dirname, '../..')

export interface Ran {
  exitCode: number | null
  stderr: string
  job: Job
  result: Json
  artifacts: Artifact[]
  error?: JobError
}

/** A row of the ledger's attempts, as it stands there. */
export interface AttemptRow {
  seq: number
  attempt: number
  outcome: string
  message: string | null
  exit_code: number | null
  signal: string | null
  peak_memory_bytes: number | null
  log_tail: string | null
  bytes: number | null
  rows: number | null
  place: string | null
}

export class KindsBuild {
  readonly folder = mkdtempSync(join(tmpdir(), 'gristmill-faults-'))
  readonly home = join(this.folder, 'home')
  readonly #env: NodeJS.ProcessEnv
  readonly #out = join(this.folder, 'tree/built')

  constructor(kinds: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#env = env
    const tree = join(this.folder, 'tree')
    copyTree(tree)
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
    for (const kind of kinds)
      cpSync(join(root, 'tests/fixtures/kinds', kind), join(tree, 'kinds', kind), { recursive: true })
    execFileSync(process.execPath, [join(tree, 'scripts/build.ts')], {
      env: { ...process.env, GRISTMILL_OUT: this.#out },
    })
  }

  /** How this build is run. */
  get app(): { node: string; entry: string } {
    return { node: process.execPath, entry: join(this.#out, 'main/terminal.js') }
  }

  at(name: string): string {
    return join(this.folder, name)
  }

  /** `run … --json`, to its end. */
  async run(...words: string[]): Promise<Ran> {
    const { exitCode, stdout, stderr } = await this.gristmill('run', ...words, '--json')
    if (stdout === '') throw new Error(`gristmill run ended with ${exitCode}: ${stderr}`)
    return { exitCode, stderr, ...(JSON.parse(stdout) as Omit<Ran, 'exitCode' | 'stderr'>) }
  }

  async rejects(job: Job): Promise<Reject[]> {
    return JSON.parse((await this.gristmill('rejects', job.id, '--json')).stdout) as Reject[]
  }

  async gristmill(...words: string[]): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
    const child = spawn(this.app.node, [this.app.entry, ...words], {
      cwd: this.folder,
      env: { ...process.env, ...this.#env, GRISTMILL_HOME: this.home },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const said = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].on('data', (bytes: Buffer) => (said[stream] += bytes.toString()))
    const [exitCode] = (await once(child, 'close')) as [number | null]
    return { exitCode, ...said }
  }

  /** What the ledger keeps of a job's attempts, in the order of their tasks. */
  attempts(job: Job): AttemptRow[] {
    return this.#ask(
      job,
      `SELECT task & 0x7fffffff AS seq, attempt, outcome, message, exit_code, signal, peak_memory_bytes, log_tail, bytes, rows, place
       FROM attempts WHERE task >> 31 = ? ORDER BY task, attempt`,
    )
  }

  /** Executions of a stage's tasks, all told. */
  attemptsOfStage(job: Job, stage: string): number {
    const question = `SELECT sum(attempt) AS sum FROM tasks WHERE id >> 31 = ? AND stage = '${stage}'`
    return this.#ask<{ sum: number }>(job, question)[0]?.sum ?? 0
  }

  story(job: Job): { type: string; text: string }[] {
    return this.#ask(job, 'SELECT type, text FROM events WHERE job = ? ORDER BY rowid')
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  #ask<Row>(job: Job, question: string): Row[] {
    const db = new Database(join(this.home, 'gristmill.db'), { readonly: true })
    try {
      const number = db.prepare('SELECT number FROM jobs WHERE id = ?').pluck().get(job.id)
      return db.prepare(question).all(number) as Row[]
    } finally {
      db.close()
    }
  }
}

/** Every file that git knows or would know. */
export function copyTree(to: string): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  for (const file of listed.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(to, file)), { recursive: true })
    cpSync(join(root, file), join(to, file))
  }
}
