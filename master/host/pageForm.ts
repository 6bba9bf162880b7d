import type { InferContractRouterOutputs } from '@orpc/contract'
import { mapEventIterator } from '@orpc/client'
import type { Api, Delta, HostInfo, JobDetail } from '../../contract/api.ts'
import type { CommandError, CommandResult } from '../../contract/commandError.ts'
import type { Input, Inspection } from '../../contract/dataset.ts'
import type { Attempt, Job, JobSummary, Reject } from '../../contract/job.ts'
import type { Artifact } from '../../contract/outcome.ts'
import { sourceOf } from './mendedInputs.ts'
import {
  folderOf,
  foldersOf,
  type IsOffered,
  labelsOf,
  nameOf,
  offeredUnder,
  type Redact,
  redactor,
} from './pagePaths.ts'

/**
 * What each verb of the contract answers, in the form in which a page gets it: names where the answer has paths (pagePaths.ts), in its
 * fields and in its sentences. What people wrote themselves (names, notes, params) and what stands in their data (previews, records,
 * results) is shown as it is. The table of verbs is whole: a new one is not built before it says what a page may see of it.
 */
export interface PageFormParts {
  home: string
  /** Served to pages by their paths. */
  roots: readonly string[]
  /** Folders of the files that pages know by tokens. */
  chosenFolders: () => Iterable<string>
}

/** The job that a call is about, for what its answer alone does not tell; null when there is none. */
type Asked = () => Promise<Pick<Job, 'inputs' | 'outDir'> | null>

type Outputs = InferContractRouterOutputs<Api>
type Forms = {
  [Part in keyof Outputs]: {
    [Verb in keyof Outputs[Part]]: (
      answer: Outputs[Part][Verb],
      asked: Asked,
    ) => Outputs[Part][Verb] | Promise<Outputs[Part][Verb]>
  }
}
type Form = (answer: never, asked: Asked) => unknown

export class PageForm {
  readonly #parts: PageFormParts
  readonly #isOffered: IsOffered
  readonly #forms: Record<string, Record<string, Form>>
  /** Live deltas tell of the same inputs ten times a second. */
  readonly #inputs = new WeakMap<readonly Input[], Input[]>()

  constructor(parts: PageFormParts) {
    this.#parts = parts
    this.#isOffered = offeredUnder(parts.roots)
    this.#forms = { host: this.#ofHost(), kinds: { list: asIs }, datasets: this.#ofDatasets(), jobs: this.#ofJobs() }
  }

  /** `path` names the verb, whose answer this is: the contract's schema has been applied to it. */
  async of([part = '', verb = '']: readonly string[], answer: unknown, asked: Asked): Promise<unknown> {
    return await this.#forms[part]?.[verb]?.(answer as never, asked)
  }

  /** The source that a page means by what it was shown for it. */
  sourceBehind(inputs: readonly Input[], label: string): string {
    for (const [source, shown] of labelsOf(inputs, this.#isOffered)) if (shown === label) return source
    return label
  }

  #ofHost(): Forms['host'] {
    return {
      info: (info) => this.#info(info),
      watch: (deltas) =>
        mapEventIterator(deltas, {
          value: async (delta, done) => (done === true ? delta : this.#delta(delta as Delta)) as Delta,
          error: async (error) => error,
        }),
      storage: (storage) => ({ ...storage, home: nameOf(storage.home, this.#isOffered) }),
      keep: (answer, asked) => this.#granted(answer, asked, asIs),
      handOver: (answer, asked) => this.#granted(answer, asked, asIs),
    }
  }

  #ofDatasets(): Forms['datasets'] {
    return {
      inspect: (answer, asked) => this.#granted(answer, asked, (all) => this.#inspections(all)),
      // Below the served folders alone, which a page names by their paths.
      list: (answer, asked) => this.#granted(answer, asked, asIs),
    }
  }

  #ofJobs(): Forms['jobs'] {
    const one = (answer: CommandResult<{ job: JobSummary }>, asked: Asked) =>
      this.#granted(answer, asked, ({ job }) => ({ job: this.#summary(job) }))
    return {
      submit: one,
      cancel: one,
      undoCancel: one,
      pause: one,
      resume: one,
      retry: one,
      rerun: one,
      change: one,
      list: ({ jobs, total }) => ({ jobs: jobs.map((job) => this.#summary(job)), total }),
      get: (answer, asked) => this.#granted(answer, asked, (detail) => this.#detail(detail)),
      tasks: (answer, asked) => this.#granted(answer, asked, asIs),
      rejects: (answer, asked) =>
        this.#granted(answer, asked, async ({ rejects, total }) => ({
          rejects: this.#rejects(rejects, await asked()),
          total,
        })),
      remove: (answer, asked) => this.#granted(answer, asked, asIs),
    }
  }

  async #granted<T>(
    answer: CommandResult<T>,
    asked: Asked,
    form: (value: T) => T | Promise<T>,
  ): Promise<CommandResult<T>> {
    if (answer.ok) return { ok: true, value: await form(answer.value) }
    return { ok: false, error: this.#refusal(answer.error, await asked()) }
  }

  #refusal({ code, message, hint }: CommandError, job: Pick<Job, 'inputs' | 'outDir'> | null): CommandError {
    const redact = this.#redactor(job)
    const error = { code, message: redact(message) }
    return hint === undefined ? error : { ...error, hint: redact(hint) }
  }

  #redactor(job: Pick<Job, 'inputs' | 'outDir'> | null, more: readonly string[] = []): Redact {
    const { home, chosenFolders } = this.#parts
    return redactor([home, ...chosenFolders(), ...(job === null ? [] : foldersOf(job)), ...more], this.#isOffered)
  }

  #info({ notes, ...info }: HostInfo): HostInfo {
    const named = { ...info, home: nameOf(info.home, this.#isOffered) }
    return notes === undefined ? named : { ...named, notes: notes.map(this.#redactor(null)) }
  }

  #delta(delta: Delta): Delta {
    return { ...delta, jobs: delta.jobs.map((job) => this.#summary(job)) }
  }

  #summary({ job, progress, version }: JobSummary): JobSummary {
    return { job: this.#job(job), progress: this.#progress(progress, job), version }
  }

  #progress(progress: JobSummary['progress'], job: Job): JobSummary['progress'] {
    if (progress === null || progress.waitingFor === null) return progress
    return { ...progress, waitingFor: this.#redactor(job)(progress.waitingFor) }
  }

  #job(job: Job): Job {
    const outDir = job.outDir === null ? null : nameOf(job.outDir, this.#isOffered)
    return { ...job, inputs: this.#inputsOf(job.inputs), outDir }
  }

  #inputsOf(inputs: readonly Input[]): Input[] {
    const known = this.#inputs.get(inputs)
    if (known !== undefined) return known
    const labels = labelsOf(inputs, this.#isOffered)
    const named = inputs.map(({ mended, ...input }) => {
      const label = labels.get(sourceOf(input)) ?? input.name
      return { ...input, path: label, ...(mended === undefined ? {} : { mended: nameOf(mended, this.#isOffered) }) }
    })
    this.#inputs.set(inputs, named)
    return named
  }

  #inspections(inspections: readonly Inspection[]): Inspection[] {
    const inputs = this.#inputsOf(inspections.map(({ input }) => input))
    return inspections.map((inspection, index) => ({ ...inspection, input: inputs[index] ?? inspection.input }))
  }

  #detail(detail: JobDetail): JobDetail {
    const { document, progress, events, failures } = detail
    const { job, artifacts, error, result } = document
    const redact = this.#redactor(
      job,
      artifacts.map(({ path }) => folderOf(path)),
    )
    return {
      ...detail,
      document: {
        job: this.#job(job),
        result,
        artifacts: artifacts.map((artifact) => this.#artifact(artifact)),
        ...(error === undefined ? {} : { error: { ...error, message: redact(error.message) } }),
      },
      progress: this.#progress(progress, job),
      events: events.map((event) => ({ ...event, text: redact(event.text) })),
      failures: failures.map((failure) => redactAttempt(failure, redact)),
    }
  }

  #artifact(artifact: Artifact): Artifact {
    return { ...artifact, path: nameOf(artifact.path, this.#isOffered) }
  }

  #rejects(rejects: readonly Reject[], job: Pick<Job, 'inputs' | 'outDir'> | null): Reject[] {
    const labels = labelsOf(job?.inputs ?? [], this.#isOffered)
    const redact = this.#redactor(job)
    return rejects.map((reject) => ({
      ...reject,
      source: labels.get(reject.source) ?? redact(reject.source),
      reason: redact(reject.reason),
    }))
  }
}

function asIs<T>(value: T): T {
  return value
}

function redactAttempt(attempt: Attempt, redact: Redact): Attempt {
  const { message, stack, logTail } = attempt
  const told = (text: string | null) => (text === null ? null : redact(text))
  return { ...attempt, message: told(message), stack: told(stack), logTail: told(logTail) }
}
