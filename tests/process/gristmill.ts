import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { jobDocumentSchema, jobSchema, taskSchema, type Job, type JobDocument, type Task } from '../../contract/job.ts'
import { markedProcesses, until, type LiveProcess } from './processes.ts'

/** The built app as a person at a terminal has it: real processes on a real home, in a temporary folder for each test. */

const builtEntry = resolve(import.meta.dirname, '../../out/main/terminal.js')
const longestCommandMs = 55_000
/** A host lives as long as its test, which ends it. */
const longestHostMs = 3_600_000

export interface StartOptions {
  stdin?: string | Uint8Array
  home?: string
  cwd?: string
  /** Runs as this user and group. */
  uid?: number
  /** On top of what every command gets. */
  env?: Record<string, string>
  /** What to run instead of this checkout's build. */
  app?: { node: string; entry: string }
  /** Killed, and failed, after this; a test has no longer patience than the usual 55 s. */
  limitMs?: number
}

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** A command that has been started and may still run. */
export class Running {
  readonly pid: number
  readonly ended: Promise<Ended>
  readonly #child: ChildProcess
  #stdout = ''
  #stderr = ''

  constructor(child: ChildProcess, title: string, limitMs = longestCommandMs) {
    if (child.pid === undefined) throw new Error(`cannot start ${title}`)
    this.pid = child.pid
    this.#child = child
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
    this.ended = new Promise((settle, reject) => {
      const late = setTimeout(() => {
        child.kill('SIGKILL')
        reject(new Error(`${title} did not end: ${this.#stdout}\n${this.#stderr}`))
      }, limitMs)
      child.once('error', reject)
      child.once('close', (code, signal) => {
        clearTimeout(late)
        settle({ code, signal, stdout: this.#stdout, stderr: this.#stderr })
      })
    })
    // Whoever kills a command on purpose need not ask how it ended.
    this.ended.catch(() => undefined)
  }

  /** What it has printed so far. */
  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }
}

/** A test's own machine: a folder, a home in it, and every process that the test brought about. */
export class Ground {
  readonly folder: string
  readonly home: string
  readonly cwd: string
  /** The built entry, for who starts it in a way of his own. */
  readonly entry = builtEntry
  readonly #mark: string

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'gristmill-test-'))
    this.home = join(this.folder, 'home')
    this.cwd = join(this.folder, 'cwd')
    mkdirSync(this.cwd)
    mkdirSync(join(this.folder, 'tmp'))
    this.#mark = `TMPDIR=${join(this.folder, 'tmp')}`
  }

  /** A file in the working folder; gives its path. */
  file(name: string, content: string | Uint8Array): string {
    const path = join(this.cwd, name)
    writeFileSync(path, content)
    return path
  }

  start(args: readonly string[], options: StartOptions = {}): Running {
    const { node, entry } = options.app ?? { node: process.execPath, entry: builtEntry }
    const { uid } = options
    const child = spawn(node, [entry, ...args], {
      cwd: options.cwd ?? this.cwd,
      env: { ...this.#environment(options.home ?? this.home), ...options.env },
      stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    })
    // A command that refuses its input need not read it.
    child.stdin?.on('error', () => undefined).end(options.stdin)
    return new Running(child, `gristmill ${args.join(' ')}`, options.limitMs)
  }

  async run(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
    return await this.start(args, options).ended
  }

  /** What a command prints as JSON, in the form that it should have. */
  async json<T>(schema: z.ZodType<T>, args: readonly string[], options: StartOptions = {}): Promise<T> {
    return jsonOf(schema, await this.run([...args, '--json'], options))
  }

  async runJob(args: readonly string[], options: StartOptions = {}): Promise<JobDocument> {
    return await this.json(jobDocumentSchema, ['run', ...args, '--quiet'], options)
  }

  async tasks(job = 'last'): Promise<Task[]> {
    return await this.json(z.array(taskSchema), ['tasks', job])
  }

  async show(job = 'last'): Promise<JobDocument> {
    return await this.json(jobDocumentSchema, ['show', job])
  }

  async jobs(): Promise<Job[]> {
    return await this.json(z.array(jobSchema), ['jobs'])
  }

  /** Its tasks as soon as `ready` says so; before there is a job there are none. */
  async tasksWhen(what: string, ready: (tasks: Task[]) => boolean, job = 'last'): Promise<Task[]> {
    return await until(what, async () => {
      const asked = await this.run(['tasks', job, '--json'])
      if (asked.code !== 0) return undefined
      const tasks = jsonOf(z.array(taskSchema), asked)
      return ready(tasks) && tasks
    })
  }

  /** A host that prints its address, once it does. */
  async serve(...args: string[]): Promise<Running> {
    const host = this.start(['serve', ...args], { limitMs: longestHostMs })
    await until('the address of the dashboard', () => {
      if (!host.alive) throw new Error(`serve ended: ${host.stderr}`)
      return host.stdout.includes('\n')
    })
    return host
  }

  /** Every living process that this test brought about, orphans too. */
  processes(): LiveProcess[] {
    return markedProcesses(this.#mark)
  }

  workersOf(pid: number): number[] {
    return this.processes()
      .filter(({ parent, command }) => parent === pid && isWorker(command))
      .map((worker) => worker.pid)
  }

  /** Hosts in the background, which nobody here is the parent of. */
  backgroundHosts(): number[] {
    return this.processes()
      .filter(({ command }) => command.includes('serve --background'))
      .map(({ pid }) => pid)
  }

  async untilEmpty(what = 'every process to end'): Promise<void> {
    await until(`${what}; there are ${JSON.stringify(this.processes())}`, () => this.processes().length === 0, 15_000)
  }

  /** All files under a folder, as paths relative to it. */
  filesIn(folder: string): string[] {
    if (!existsSync(folder)) return []
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .toSorted()
  }

  /** Ends the hosts as a system does that shuts down, and holds them to leaving nothing: no worker outlives its host. */
  async close(): Promise<void> {
    try {
      for (const { pid, command } of this.processes()) if (!isWorker(command)) endProcess(pid, 'SIGTERM')
      // A failed test may have left some that stand still.
      for (const { pid } of this.processes()) endProcess(pid, 'SIGCONT')
      await this.untilEmpty('the processes of this test to end when they are told to')
    } finally {
      for (const { pid } of this.processes()) endProcess(pid, 'SIGKILL')
      rmSync(this.folder, { recursive: true, force: true })
    }
  }

  #environment(home: string): NodeJS.ProcessEnv {
    const { PATH, LANG } = process.env
    const person = { PATH, LANG, HOME: join(this.folder, 'person') }
    return { ...person, TMPDIR: join(this.folder, 'tmp'), GRISTMILL_HOME: home, NO_COLOR: '1' }
  }
}

function isWorker(command: string): boolean {
  return command.endsWith('/worker.js')
}

function endProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

export function jsonOf<T>(schema: z.ZodType<T>, ended: Ended): T {
  try {
    return schema.parse(JSON.parse(ended.stdout))
  } catch (error) {
    throw new Error(`no such JSON (exit ${ended.code}): ${ended.stdout.slice(0, 2000)}\n${ended.stderr}`, {
      cause: error,
    })
  }
}

/** A ground for the running test, closed and looked over when the test is done. */
export function openGround(): Ground {
  const ground = new Ground()
  onTestFinished(async () => await ground.close())
  return ground
}
