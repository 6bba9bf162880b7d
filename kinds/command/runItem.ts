import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Input } from '../../contract/dataset.ts'
import { type RunContext, TaskFailure } from '../../contract/run.ts'
import { launchOf, type Template } from './commandLine.ts'
import type { Failures } from './failures.ts'
import { filesIn, KeptItems } from './kept.ts'
import type { CommandParams } from './kind.ts'
import type { Claims } from './claims.ts'
import { type Ending, runProgram } from './process.ts'
import { environmentOf, findProgram } from './program.ts'
import type { ItemEnd } from './report.ts'
import type { Item } from './template.ts'

/** One item, from looking up whether it is done to what it leaves. The programs of a task run one after the other. */
export interface ItemRunnerParts {
  context: RunContext<CommandParams>
  template: Template
  failures: Failures
  claims: Claims
  /** The job's scratch folder. */
  scratch: string
}

/** In the place of an item's own folder, where it must not tell one item from another. */
const ownFolder = '{out}'
/** How soon a running program learns that too many others have failed. */
const lookEveryMs = 200

export class ItemRunner {
  readonly #parts: ItemRunnerParts
  readonly #kept: KeptItems
  readonly #program: string

  constructor(parts: ItemRunnerParts) {
    const { context, template } = parts
    this.#parts = parts
    this.#kept = new KeptItems(context)
    const nothing = { number: 1, text: '', values: [] }
    this.#program = findProgram(launchOf(template, nothing, ownFolder).program, process.env)
    const { folder } = context.params
    if (folder !== undefined && statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw new TaskFailure('refused-input', `cannot run programs in ${folder}: it is no folder`)
  }

  async run(item: Item, input: Input | null): Promise<ItemEnd> {
    const launch = launchOf(this.#parts.template, item, ownFolder)
    const key = this.#kept.keyOf({ item, input, launch, program: this.#program })
    const { shown } = launch
    const nothing = { item, shown, attempts: 0, last: null, runMs: 0, files: 0 }
    const done = this.#kept.find(key)
    if (done !== null) {
      const { output, files, ...last } = done
      this.#parts.claims.take(item, { output, files })
      return { ...nothing, state: 'reused', last: { ...last, exitCode: 0, signal: null }, files: files.length }
    }
    if (this.#parts.failures.isReached) return { ...nothing, state: 'notRun' }
    // Not of what is done: its program may have changed it.
    if (input !== null) this.#parts.context.open(item.number - 1)
    return { ...nothing, ...(await this.#runInFolder(item, key)) }
  }

  async #runInFolder(
    item: Item,
    key: string,
  ): Promise<Pick<ItemEnd, 'state' | 'attempts' | 'last' | 'runMs' | 'files'>> {
    const folder = mkdtempSync(join(this.#parts.scratch, 'item-'))
    const watch = new HaltWatch(this.#parts)
    try {
      return await this.#tryOften(item, { key, folder, signal: watch.signal })
    } finally {
      watch.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }

  async #tryOften(item: Item, { key, folder, signal }: { key: string; folder: string; signal: AbortSignal }) {
    const { context, failures } = this.#parts
    const places = { out: join(folder, 'out'), output: join(folder, 'output') }
    for (let attempts = 1, runMs = 0; ; attempts += 1) {
      const last = await this.#attempt(item, { ...places, signal })
      runMs += last.runMs
      if (last.how === 'stopped') {
        context.signal.throwIfAborted()
        return { state: 'notRun' as const, attempts, last, runMs, files: 0 }
      }
      if (last.how === 'ended' && last.exitCode === 0)
        return { state: 'done' as const, attempts, last, runMs, files: this.#claim(item, { key, last, ...places }) }
      if (attempts > context.params.retries) {
        failures.add(item.number)
        const state = last.how === 'timedOut' ? ('timedOut' as const) : ('failed' as const)
        return { state, attempts, last, runMs, files: 0 }
      }
    }
  }

  /** Each attempt begins with an empty folder. */
  async #attempt(
    item: Item,
    { out, output, signal }: { out: string; output: string; signal: AbortSignal },
  ): Promise<Ending> {
    const { context, template } = this.#parts
    const { timeoutMs, mostOutputBytes, folder = out } = context.params
    rmSync(out, { recursive: true, force: true })
    mkdirSync(out)
    const { program, words } = launchOf(template, item, out)
    const env = environmentOf(process.env, item.number)
    return await runProgram({ program, words, folder, env, outputPath: output, mostOutputBytes, timeoutMs, signal })
  }

  #claim(item: Item, done: { key: string; last: Ending; out: string; output: string }): number {
    const { claims } = this.#parts
    const { startedAt, runMs, printedBytes, outputBytes, stderr } = done.last
    const paths = claims.collects ? filesIn(done.out) : []
    claims.takeFrom(item, { output: done.output, folder: done.out, paths })
    this.#kept.keepFrom(done.key, { startedAt, runMs, printedBytes, outputBytes, stderr }, { ...done, paths })
    return paths.length
  }
}

/** Stops a program with its task, and, where that was asked for, when too many others have failed. */
class HaltWatch {
  readonly #halted = new AbortController()
  readonly #timer: NodeJS.Timeout | undefined
  readonly signal: AbortSignal

  constructor({ context, failures }: Pick<ItemRunnerParts, 'context' | 'failures'>) {
    this.signal = AbortSignal.any([context.signal, this.#halted.signal])
    if (!failures.endsRunning) return
    this.#timer = setInterval(() => {
      if (failures.isReached) this.#halted.abort()
    }, lookEveryMs)
  }

  close(): void {
    clearInterval(this.#timer)
  }
}
