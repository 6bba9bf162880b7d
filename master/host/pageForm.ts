import type { InferContractRouterOutputs } from '@orpc/contract'
import { mapEventIterator } from '@orpc/client'
import type { Api, Delta, HostInfo, JobDetail } from '../../contract/api.ts'
import type { CommandError, CommandResult } from '../../contract/commandError.ts'
import type { Input, Inspection } from '../../contract/dataset.ts'
import type { Attempt, JobSummary, Progress, Reject } from '../../contract/job.ts'
import type { Artifact } from '../../contract/outcome.ts'
import type { Checked } from '../../contract/outputSample.ts'
import { sourceOf } from './mendedInputs.ts'
import {
  folderOf,
  foldersOf,
  type IsOffered,
  type JobPlaces,
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

/** What is on record of the jobs that a call names: an answer tells of a job in part, and a refusal of its paths alone. */
export type Asked = () => Promise<readonly JobPlaces[]>

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

  constructor(parts: PageFormParts) {
    this.#parts = parts
    this.#isOffered = offeredUnder(parts.roots)
    this.#forms = {
      host: this.#ofHost(),
      kinds: { list: asIs },
      recipes: this.#ofRecipes(),
      datasets: this.#ofDatasets(),
      jobs: this.#ofJobs(),
    }
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
      invite: (answer, asked) => this.#granted(answer, asked, asIs),
      handOver: (answer, asked) => this.#granted(answer, asked, asIs),
    }
  }

  #ofRecipes(): Forms['recipes'] {
    return {
      list: (answer, asked) => this.#granted(answer, asked, asIs),
      save: (answer, asked) => this.#granted(answer, asked, asIs),
      remove: (answer, asked) => this.#granted(answer, asked, asIs),
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
      check: (answer, asked) => this.#granted(answer, asked, async (checked) => this.#checked(checked, await asked())),
      cancel: one,
      undoCancel: one,
      pause: one,
      resume: one,
      retry: one,
      rerun: one,
      change: one,
      list: ({ jobs, total }) => ({ jobs: jobs.map((job) => this.#summary(job)), total }),
      get: (answer, asked) => this.#granted(answer, asked, async (detail) => this.#detail(detail, await asked())),
      tasks: (answer, asked) => this.#granted(answer, asked, asIs),
      rejects: (answer, asked) =>
        this.#granted(answer, asked, async ({ rejects, total }) => ({
          rejects: this.#rejects(rejects, await asked()),
          total,
        })),
      remove: (answer, asked) => this.#granted(answer, asked, asIs),
      give: (answer, asked) => this.#granted(answer, asked, asIs),
      // What stands in people's data, and what a kind says of it, is shown as it is.
      answers: (answer, asked) => this.#granted(answer, asked, asIs),
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

  #refusal({ code, message, hint }: CommandError, jobs: readonly JobPlaces[]): CommandError {
    const redact = this.#redactor(jobs)
    const error = { code, message: redact(message) }
    return hint === undefined ? error : { ...error, hint: redact(hint) }
  }

  #redactor(jobs: readonly JobPlaces[], more: readonly string[] = []): Redact {
    const { home, chosenFolders } = this.#parts
    return redactor([home, ...chosenFolders(), ...jobs.flatMap(foldersOf), ...more], this.#isOffered)
  }

  #info({ notes, ...info }: HostInfo): HostInfo {
    const named = { ...info, home: nameOf(info.home, this.#isOffered) }
    return notes === undefined ? named : { ...named, notes: notes.map(this.#redactor([])) }
  }

  #delta(delta: Delta): Delta {
    return { ...delta, jobs: delta.jobs.map((job) => this.#summary(job)) }
  }

  /** Rows are data; why there are none, or one would be set aside, may name a file. */
  #checked({ sample, why }: Checked, jobs: readonly JobPlaces[]): Checked {
    const redact = this.#redactor(jobs)
    const told = (text: string | null) => (text === null ? null : redact(text))
    return { sample: sample === null ? null : { ...sample, reason: told(sample.reason) }, why: told(why) }
  }

  #summary({ job, progress, version }: JobSummary): JobSummary {
    const redact = () => this.#redactor([{ inputs: [], outDir: job.outDir }])
    return { job: { ...job, outDir: this.#name(job.outDir) }, progress: redactProgress(progress, redact), version }
  }

  #name(path: string | null): string | null {
    return path === null ? null : nameOf(path, this.#isOffered)
  }

  /** `all` are the job's inputs, of which `inputs` are the first: which name each has depends on the others. */
  #inputs(inputs: readonly Input[], all: readonly Input[]): Input[] {
    const labels = labelsOf(all, this.#isOffered)
    return inputs.map(({ mended, ...input }) => {
      const named = { ...input, path: labels.get(sourceOf(input)) ?? input.name }
      return mended === undefined ? named : { ...named, mended: nameOf(mended, this.#isOffered) }
    })
  }

  #inspections(inspections: readonly Inspection[]): Inspection[] {
    const inputs = inspections.map(({ input }) => input)
    const named = this.#inputs(inputs, inputs)
    return inspections.map((inspection, index) => ({ ...inspection, input: named[index] ?? inspection.input }))
  }

  #detail(detail: JobDetail, [onRecord]: readonly JobPlaces[]): JobDetail {
    const { document, progress, events, failures } = detail
    const { job, artifacts, error } = document
    const places = onRecord ?? job
    const artifactFolders = artifacts.map(({ path }) => folderOf(path))
    const redact = this.#redactor([places], artifactFolders)
    return {
      ...detail,
      document: {
        ...document,
        job: { ...job, inputs: this.#inputs(job.inputs, places.inputs), outDir: this.#name(job.outDir) },
        artifacts: artifacts.map((artifact) => this.#artifact(artifact)),
        ...(error === undefined ? {} : { error: { ...error, message: redact(error.message) } }),
      },
      progress: redactProgress(progress, () => redact),
      events: events.map((event) => ({ ...event, text: redact(event.text) })),
      failures: failures.map((failure) => redactAttempt(failure, redact)),
    }
  }

  #artifact(artifact: Artifact): Artifact {
    return { ...artifact, path: nameOf(artifact.path, this.#isOffered) }
  }

  #rejects(rejects: readonly Reject[], jobs: readonly JobPlaces[]): Reject[] {
    const labels = labelsOf(
      jobs.flatMap(({ inputs }) => inputs),
      this.#isOffered,
    )
    const redact = this.#redactor(jobs)
    return rejects.map((reject) => ({
      ...reject,
      source: labels.get(reject.source) ?? redact(reject.source),
      reason: redact(reject.reason),
    }))
  }
}

function redactProgress(progress: Progress | null, redact: () => Redact): Progress | null {
  if (progress === null || progress.waitingFor === null) return progress
  return { ...progress, waitingFor: redact()(progress.waitingFor) }
}

function asIs<T>(value: T): T {
  return value
}

function redactAttempt(attempt: Attempt, redact: Redact): Attempt {
  const { message, stack, logTail } = attempt
  const told = (text: string | null) => (text === null ? null : redact(text))
  return { ...attempt, message: told(message), stack: told(stack), logTail: told(logTail) }
}
