import Database from 'better-sqlite3'
import type { Json } from '../../contract/json.ts'
import type { JobState, TaskState } from '../../contract/transitions.ts'

/** The ledger's file as anybody else sees it: by a connection and statements of the test's own, which share nothing with the store. */
const jobStates: readonly JobState[] = ['queued', 'paused', 'running', 'cancelling', 'succeeded', 'failed', 'cancelled']
const taskStates: readonly TaskState[] = ['pending', 'running', 'succeeded', 'failed', 'cancelled', 'replaced']
const tasksPerJob = 2 ** 31

export interface SeenJob {
  number: number
  id: string
  kind: string
  state: JobState
  params: Record<string, Json>
  outDir: string | null
  result: Json
  error: { code: string } | null
  counts: Record<'total' | 'succeeded' | 'failed' | 'cancelled' | 'replaced' | 'attempts' | 'rejects', number>
}

export interface SeenTask {
  seq: number
  state: TaskState
  attempt: number
  fence: number
  from: number
  to: number
  /** Type of its operation. */
  type: string
  operation: number
  args: string | null
  rejects: number
}

interface JobRow extends Record<keyof SeenJob['counts'], number> {
  number: number
  id: string
  kind: string
  state: number
  params: string
  out_dir: string | null
  result: string | null
  error: string | null
}

export class Look {
  readonly #db: Database.Database
  readonly #jobs: Database.Statement
  readonly #tasks: Database.Statement
  readonly #task: Database.Statement
  readonly #rejects: Database.Statement
  readonly #stages: Database.Statement

  constructor(file: string) {
    this.#db = new Database(file, { readonly: true })
    this.#jobs = this.#db.prepare(
      `SELECT jobs.*, params, out_dir, result, error FROM jobs JOIN requests ON requests.job = number
       LEFT JOIN results ON results.job = number ORDER BY number`,
    )
    const columns = `tasks.id, tasks.state, attempt, fence, cell_from, cell_to, type, operation, args, rejects FROM tasks
      JOIN operations ON operations.job = tasks.id / ${tasksPerJob} AND operations.ordinal = operation`
    this.#tasks = this.#db.prepare(`SELECT ${columns} WHERE tasks.id >= ? AND tasks.id < ? ORDER BY tasks.id`).raw()
    this.#task = this.#db.prepare(`SELECT ${columns} WHERE tasks.id = ?`).raw()
    this.#rejects = this.#db.prepare('SELECT offset FROM rejects WHERE job = ? ORDER BY offset').pluck()
    this.#stages = this.#db.prepare('SELECT sum(total), sum(succeeded) FROM stages WHERE job = ?').raw()
  }

  jobs(): SeenJob[] {
    return (this.#jobs.all() as JobRow[]).map(jobOf)
  }

  tasks(job: number): SeenTask[] {
    return (this.#tasks.all(job * tasksPerJob, (job + 1) * tasksPerJob) as TaskRow[]).map(taskOf)
  }

  task(job: number, seq: number): SeenTask | undefined {
    const row = this.#task.get(job * tasksPerJob + seq) as TaskRow | undefined
    return row === undefined ? undefined : taskOf(row)
  }

  /** The items that were set aside. */
  rejects(job: number): number[] {
    return this.#rejects.all(job) as number[]
  }

  stageTotals(job: number): { total: number; succeeded: number } {
    const [total, succeeded] = this.#stages.get(job) as [number | null, number | null]
    return { total: total ?? 0, succeeded: succeeded ?? 0 }
  }

  /** What SQLite finds wrong with the whole file. */
  damage(): unknown {
    return this.#db.pragma('integrity_check', { simple: true })
  }

  close(): void {
    this.#db.close()
  }
}

type TaskRow = [number, number, number, number, number, number, string, number, string | null, number]

function taskOf([id, state, attempt, fence, from, to, type, operation, args, rejects]: TaskRow): SeenTask {
  return {
    seq: id % tasksPerJob,
    state: taskStates[state] ?? 'failed',
    attempt,
    fence,
    from,
    to,
    type,
    operation,
    args,
    rejects,
  }
}

function jobOf(row: JobRow): SeenJob {
  const { number, id, kind, total, succeeded, failed, cancelled, replaced, attempts, rejects } = row
  return {
    number,
    id,
    kind,
    state: jobStates[row.state] ?? 'failed',
    params: JSON.parse(row.params) as Record<string, Json>,
    outDir: row.out_dir,
    result: parsed(row.result),
    error: parsed(row.error) as { code: string } | null,
    counts: { total, succeeded, failed, cancelled, replaced, attempts, rejects },
  }
}

function parsed(text: string | null): Json {
  return text === null ? null : (JSON.parse(text) as Json)
}
