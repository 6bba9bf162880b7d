import { join } from 'node:path'
import type { Input } from '../contract/dataset.ts'
import { invariant } from '../contract/invariant.ts'
import type { FileRef, RecordPlace, RejectedRecord } from '../contract/outcome.ts'
import { type RunContext, type ScratchWriter, TaskStopped } from '../contract/run.ts'
import type { WorkerJob } from '../contract/workerMessages.ts'
import type { Carefulness } from './carefulness.ts'
import { PlainCounters, type TaskCounters } from './counters.ts'
import { InputFiles } from './inputFiles.ts'
import { ScratchFile, pathOfRef } from './scratch.ts'

/**
 * What one attempt of a task may touch, and the account of what it did. It belongs to one attempt; `close` ends it, however that went.
 * It writes into the job's scratch folder and nowhere else; what stages keep for later jobs they write themselves, into `indexes`.
 */
export interface ContextOptions<Params> {
  job: Pick<WorkerJob, 'inputs' | 'scratch' | 'indexes'>
  /** As the kind's schema parsed them. */
  params: Params
  seq: number
  attempt: number
  /** The job's open inputs, shared by its tasks. Without them the context opens its own, and closes them. */
  files?: InputFiles
  counters?: TaskCounters
  log?: (line: string) => void
  /** Of a careful attempt. */
  care?: Carefulness
}

/** Beyond these a task only counts its rejects. */
const mostRejects = 1000
const longestRaw = 4096
const mostLogLines = 200
const longestLogLine = 2000
const longestSentence = 300
/** How soon a stage function that awaits learns that it is to stop. */
const signalMs = 50

export class TaskContext<Params = unknown> implements RunContext<Params> {
  readonly params: Params
  readonly inputs: readonly Input[]
  readonly seq: number
  readonly attempt: number
  readonly careful: boolean
  readonly indexes: string | null
  /** The first 1,000 records set aside; `rejectedCount` counts all. */
  readonly rejects: RejectedRecord[] = []
  rejectedCount = 0
  bytes = 0
  rows = 0
  /** Records of the piece that ended last. */
  tailRows = 0
  /** What the job's story is to say. */
  told: string | null = null
  readonly #scratch: string
  readonly #files: InputFiles
  readonly #ownsFiles: boolean
  /** Inputs whose version this attempt has checked. */
  readonly #checked = new Set<number>()
  readonly #counters: TaskCounters
  readonly #log: (line: string) => void
  readonly #care: Carefulness | null
  readonly #writers: ScratchFile[] = []
  #stopping: AbortController | null = null
  #watch: NodeJS.Timeout | undefined
  #logLines = 0
  /** The piece being read, and the records of it that earlier cells held. */
  #piece = 0
  #recordsBefore = 0

  constructor(options: ContextOptions<Params>) {
    this.params = options.params
    this.inputs = options.job.inputs
    this.seq = options.seq
    this.attempt = options.attempt
    this.#scratch = options.job.scratch
    this.indexes = options.job.indexes ?? null
    this.#ownsFiles = options.files === undefined
    this.#files = options.files ?? new InputFiles(options.job.inputs)
    this.#counters = options.counters ?? new PlainCounters()
    this.#log = options.log ?? (() => undefined)
    this.#care = options.care ?? null
    this.careful = this.#care !== null
  }

  path(ref: FileRef): string {
    return pathOfRef(this.#scratch, ref)
  }

  /** The name carries seq and attempt, so that a late attempt overwrites nothing, and a count, so that a stage may use a name again. */
  scratch(name: string): ScratchWriter {
    invariant(/^[\w.-]{1,100}$/.test(name), `${name} cannot name a scratch file`)
    const writer = new ScratchFile(this.#scratch, `${this.seq}.${this.attempt}.${this.#writers.length}.${name}`)
    this.#writers.push(writer)
    return writer
  }

  open(input: number): number {
    const fd = this.#files.descriptor(input, !this.#checked.has(input))
    this.#checked.add(input)
    return fd
  }

  /** A scratch file of the task, the same for each of its attempts, by which a publishing one knows its own work again. */
  intent(): string {
    return join(this.#scratch, `${this.seq}.intent`)
  }

  /** Throws when an input is no longer the version that the job was made for. */
  checkInputs(): void {
    for (const input of this.inputs.keys()) this.#files.check(input)
  }

  mended(input: number): ReadonlyMap<number, Buffer> | null {
    return this.#files.mended(input)
  }

  progress(bytes: number, rows: number): void {
    this.bytes += bytes
    this.rows += rows
    this.#counters.add(bytes, rows)
    this.checkStop()
  }

  /** Throws when the task has been told to stop. */
  checkStop(): void {
    if (this.stopped) throw stopOf()
  }

  get stopped(): boolean {
    return this.#counters.isStopped()
  }

  get signal(): AbortSignal {
    this.#stopping ??= this.#watchForStop()
    return this.#stopping.signal
  }

  /** Control can change the shared memory and call nobody: who awaits has it looked at now and then. */
  #watchForStop(): AbortController {
    const stopping = new AbortController()
    const look = () => {
      if (!this.stopped) return
      clearInterval(this.#watch)
      stopping.abort(stopOf())
    }
    this.#watch = setInterval(look, signalMs)
    look()
    return stopping
  }

  record(place: Omit<RecordPlace, 'piece'>, raw: () => string): boolean {
    return this.#care === null || this.#recordWithCare(this.#care, place, raw)
  }

  #recordWithCare(care: Carefulness, { input, record, offset }: Omit<RecordPlace, 'piece'>, raw: () => string) {
    const reason = care.reason({ input, offset })
    if (reason === undefined) {
      care.note({ input, piece: this.#piece, record: this.#recordsBefore + record, offset })
      return true
    }
    this.reject({ input, record, offset, reason, raw: raw() })
    return false
  }

  reject(record: Omit<RejectedRecord, 'piece'>): void {
    this.rejectedCount += 1
    if (this.rejects.length >= mostRejects) return
    const raw = record.raw.length > longestRaw ? record.raw.slice(0, longestRaw) : record.raw
    this.rejects.push({ ...record, raw, piece: this.#piece, record: this.#recordsBefore + record.record })
  }

  endPiece(rows: number): void {
    this.#care?.note(null)
    this.tailRows = this.#recordsBefore + rows
    this.#piece += 1
    this.#recordsBefore = 0
  }

  /** For runs cell by cell: the next cell goes on in the piece that the last cell belonged to. */
  goOnInPiece(): void {
    this.#piece -= 1
    this.#recordsBefore = this.tailRows
  }

  log(line: string): void {
    this.#logLines += 1
    if (this.#logLines <= mostLogLines) this.#log(line.slice(0, longestLogLine))
  }

  tell(sentence: string): void {
    this.told = sentence.slice(0, longestSentence)
  }

  /** Removes scratch files that were begun and not finished. */
  close(): void {
    clearInterval(this.#watch)
    for (const writer of this.#writers) writer.abandon()
    if (this.#ownsFiles) this.#files.close()
  }
}

function stopOf(): TaskStopped {
  return new TaskStopped('the task was told to stop')
}
