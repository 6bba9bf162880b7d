import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Outcome } from '../../contract/outcome.ts'
import { type FromWorker, type ToWorker, type WorkerJob, fromWorkerSchema } from '../../contract/workerMessages.ts'

/** Options of Node for whatever runs the source itself. */
export const fromSource = ['--import', pathToFileURL(join(import.meta.dirname, 'wasmUrls.ts')).href]

/** A worker process forked from source over the fixture kinds, with what it said and how it ended. */
export interface Ended {
  exitCode: number | null
  signal: string | null
  stderr: string
}

export class ForkedWorker {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  readonly heard: FromWorker[] = []
  readonly #waiting = new Set<() => void>()
  #stderr = ''

  constructor(options: { heapMb?: number; serialization?: 'json' | 'advanced' } = {}) {
    const { heapMb, serialization = 'json' } = options
    this.child = fork(join(import.meta.dirname, 'worker.ts'), {
      serialization,
      execArgv: ['--disable-warning=ExperimentalWarning', ...fromSource],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, ...(heapMb === undefined ? {} : { GRISTMILL_WORKER_HEAP_MB: String(heapMb) }) },
    })
    this.ended = this.#watch()
    this.child.on('message', (message) => {
      this.heard.push(fromWorkerSchema.parse(message))
      for (const look of this.#waiting) look()
    })
  }

  /** Not by `close`, which never comes for a child that was disconnected. */
  async #watch(): Promise<Ended> {
    const { stderr } = this.child
    stderr?.on('data', (text: Buffer) => (this.#stderr += text.toString()))
    const said = stderr === null ? undefined : once(stderr, 'end')
    const [exitCode, signal] = (await once(this.child, 'exit')) as [number | null, string | null]
    await said
    return { exitCode, signal, stderr: this.#stderr }
  }

  post(message: ToWorker): void {
    this.child.send(message)
  }

  /** Something that is not of the protocol. */
  postRaw(message: string): void {
    this.child.send(message)
  }

  announce(job: Pick<WorkerJob, 'number' | 'scratch'> & Partial<WorkerJob>): void {
    this.post({ type: 'job', job: { id: `job-${job.number}`, kind: 'fixture', params: {}, inputs: [], ...job } })
  }

  /** One task of the kind's `task` stages. */
  order(job: number, stage: string, task: { seq: number; args?: string | number }): void {
    const tasks = [
      { seq: task.seq, attempt: 1, from: 0, to: 1, ...(task.args === undefined ? {} : { args: task.args }) },
    ]
    this.post({ type: 'tasks', job, work: { type: 'task', stage }, tasks })
  }

  /** The first message, heard already or to come, for which `find` answers something. */
  until<T>(find: (message: FromWorker) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = () => {
        for (const message of this.heard) {
          const found = find(message)
          if (found === undefined) continue
          this.#waiting.delete(look)
          resolve(found)
          return
        }
      }
      this.#waiting.add(look)
      void this.ended.then((end) => reject(new Error(`the worker ended: ${JSON.stringify(end)}`)))
      look()
    })
  }

  outcome(seq: number): Promise<Outcome> {
    return this.until((message) =>
      message.type === 'outcomes' ? message.outcomes.find((finished) => finished.seq === seq)?.outcome : undefined,
    )
  }

  /** Resolves when a heartbeat says that the task is being run. */
  running(seq: number): Promise<Extract<FromWorker, { type: 'heartbeat' }>> {
    return this.until((message) => (message.type === 'heartbeat' && message.running?.seq === seq ? message : undefined))
  }

  /** Ends it, whatever it does, and resolves when it has gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended
  }
}
