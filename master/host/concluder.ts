import type { Json } from '../../contract/json.ts'
import type { Kind } from '../../contract/kind.ts'
import type { Answer, Artifact } from '../../contract/outcome.ts'
import type { JobRun } from '../engine/jobRun.ts'
import type { Reader } from '../store/store.ts'
import { changedInput } from './inputCheck.ts'
import { type Insistence, whyRefused } from './insist.ts'
import { rejectPages, rejectsPlace, writeRejectsFile } from './rejectsFile.ts'
import type { Scratch } from './scratch.ts'

/**
 * The last things that are done for a job whose plan has returned: a look at its inputs, the result brought in, what was set aside written
 * beside the artifacts. They may take long on a slow disk, so that each job's are done aside, and no other job waits for them. Nothing of
 * it is on record until the engine is told; whoever is cut off here does it again.
 */
export interface ConcluderParts {
  read: Pick<Reader, 'rejects'>
  scratch: Pick<Scratch, 'valueOf'>
  insistence: Pick<Insistence, 'until'>
  /** Where jobs without a folder of their own write: `<out>/<job id>/`. */
  out: string
}

/** What of a run is looked at. */
interface ConcludedRun extends Pick<JobRun, 'number' | 'inputs'> {
  job: Pick<JobRun['job'], 'id' | 'force' | 'outDir'>
  rejects: Pick<JobRun['rejects'], 'count'>
  plan: { kind: Pick<Kind, 'changesInputs'> }
}

export type Conclusion =
  | { type: 'done'; result: Json; rejects: Artifact | null }
  | { type: 'failed'; code: string; message: string }
  /** The host is closing: the next one does it. */
  | { type: 'putOff' }

/** So many files are written at once; others wait for their turn. */
const mostAtOnce = 4

export class Concluder {
  readonly #parts: ConcluderParts
  readonly #stopped = new AbortController()
  readonly #writing = new Set<Promise<unknown>>()

  constructor(parts: ConcluderParts) {
    this.#parts = parts
  }

  async conclude(run: ConcludedRun, answer: Answer): Promise<Conclusion> {
    const changed = run.plan.kind.changesInputs ? null : await changedInput(run.inputs)
    if (this.#stopped.signal.aborted) return { type: 'putOff' }
    if (changed !== null) return { type: 'failed', code: 'input-changed', message: changed }
    try {
      const result = await this.#parts.scratch.valueOf(run.job, answer)
      const rejects = run.rejects.count === 0 ? null : await this.#writeInTurn(run)
      return { type: 'done', result, rejects }
    } catch (error) {
      if (this.#stopped.signal.aborted) return { type: 'putOff' }
      if (whyRefused(error) !== null) throw error
      return { type: 'failed', code: 'result-lost', message: `cannot bring in the result: ${String(error)}` }
    }
  }

  /** Resolves when no file is written any more: the next host may write the same ones. */
  async stop(): Promise<void> {
    this.#stopped.abort(new Error('the host is closing'))
    await Promise.allSettled(this.#writing)
  }

  async #writeInTurn(run: ConcludedRun): Promise<Artifact> {
    while (this.#writing.size >= mostAtOnce) await Promise.race(this.#writing)
    const writing = this.#write(run)
    // Whoever waits for a turn waits for the end of it, however that is.
    const over = writing.then(
      () => null,
      () => null,
    )
    this.#writing.add(over)
    void over.then(() => this.#writing.delete(over))
    return await writing
  }

  async #write(run: ConcludedRun): Promise<Artifact> {
    const { read, insistence, out } = this.#parts
    const { signal } = this.#stopped
    return await insistence.until(() => {
      signal.throwIfAborted()
      return writeRejectsFile(rejectsPlace(run.job, out), until(signal, rejectPages(read, run.number)))
    })
  }
}

async function* until<Page>(signal: AbortSignal, pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  for await (const page of pages) {
    signal.throwIfAborted()
    yield page
  }
}
