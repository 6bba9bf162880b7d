import { setTimeout as pause } from 'node:timers/promises'
import type { HostConnection } from '../../master/host/client.ts'
import { jobDocumentSchema, type JobDocument } from '../../contract/job.ts'
import type { Chance } from '../harness/chance.ts'
import { jsonOf, type Ended, type Running } from '../process/gristmill.ts'
import type { Findings } from './findings.ts'
import { callOf, wordsOf, type Request, type Requests } from './requests.ts'
import type { Site } from './site.ts'

/**
 * Ask for jobs, over the command line and the socket, and change their minds: they cancel, undo that, pause, resume, retry, run again. A
 * host may be gone, stopped or out of room at any moment: what is refused, or breaks off, is no fault. What has been promised is kept
 * here, and held against the ledger in the end.
 */
const mostOpen = 12
/** An input that workers die at cannot be told from one that is looked at while they are killed. */
const passing = /3 workers ended while they read it|no worker answered within/
const verbs = ['cancel', 'undoCancel', 'pause', 'resume', 'retry', 'rerun'] as const

export class Customers {
  /** Whatever was asked for, by the job's name. */
  readonly asked = new Map<string, Request>()
  /** Jobs that a host has promised, by id, with their names. */
  readonly promised = new Map<string, string>()
  /** Jobs that somebody wanted cancelled. */
  readonly cancelled = new Set<string>()
  /** What `run` has printed of jobs that were over. */
  readonly printed: JobDocument[] = []
  readonly #site: Site
  readonly #requests: Requests
  readonly #findings: Findings
  readonly #attended = new Set<Promise<void>>()
  #ended = false

  constructor(parts: { site: Site; requests: Requests; findings: Findings }) {
    this.#site = parts.site
    this.#requests = parts.requests
    this.#findings = parts.findings
  }

  /** One customer, until `end`. */
  async visit(chance: Chance): Promise<void> {
    while (!this.#ended) {
      const open = await this.#open()
      if (open === null || open < mostOpen) await this.#ask(chance)
      else await this.#changeMind(chance)
      await pause(chance.between(20, 400))
    }
  }

  /** Nothing more is asked for. */
  close(): void {
    this.#ended = true
  }

  /** Resolves when every command has ended, which those that wait for a job do when that is over. */
  async end(): Promise<void> {
    while (this.#attended.size > 0) await Promise.all(this.#attended)
  }

  async #ask(chance: Chance): Promise<void> {
    const request = this.#requests.next(chance)
    this.asked.set(request.name, request)
    const way = chance.between(0, 5)
    if (way < 3) await this.#call(request)
    else if (way < 4) await this.#detach(request)
    else this.#attend(request)
  }

  async #call(request: Request): Promise<void> {
    await this.#withHost(async ({ client }) => {
      const submitted = await client.jobs.submit(callOf(request))
      if (submitted.ok) this.promised.set(submitted.value.job.job.id, request.name)
      else this.#mustBePassing(`cannot submit ${request.name}`, submitted.error)
    })
  }

  async #detach(request: Request): Promise<void> {
    const ended = await this.#site.start([...wordsOf(request), '--detach']).ended
    if (ended.code === 0) this.promised.set(jsonOf(jobDocumentSchema, ended).job.id, request.name)
  }

  #attend(request: Request): void {
    const run = this.#site.start(wordsOf(request))
    const attended = this.#printOf(run, request)
      .catch((error: unknown) => this.#findings.fault(`${request.name}: ${String(error)}`))
      .finally(() => this.#attended.delete(attended))
    this.#attended.add(attended)
  }

  async #printOf(run: Running, request: Request): Promise<void> {
    const ended = await run.ended
    if (ended.stdout.trim() === '' || ended.signal !== null) return this.#mustBeForeseen(request, ended)
    const printed = jsonOf(jobDocumentSchema, ended)
    this.promised.set(printed.job.id, request.name)
    this.printed.push(printed)
  }

  #mustBeForeseen({ name }: Request, { code, signal, stderr }: Ended): void {
    if (code === 2 && !passing.test(stderr)) this.#findings.fault(`${name} was refused: ${stderr.slice(-300)}`)
    if (code === 0 && signal === null) this.#findings.fault(`${name} ended well and printed nothing: ${stderr}`)
  }

  #mustBePassing(what: string, { code, message }: { code: string; message: string }): void {
    if (code !== 'unavailable' && !passing.test(message)) this.#findings.fault(`${what}: ${message}`)
  }

  async #changeMind(chance: Chance): Promise<void> {
    const verb = verbs[chance.between(0, verbs.length - 1)]!
    const ids = [...this.promised.keys()]
    const id = ids[ids.length - 1 - chance.between(0, Math.min(ids.length, 15) - 1)]
    if (id === undefined) return
    if (verb === 'cancel') this.cancelled.add(id)
    await this.#withHost(async ({ client }) => {
      const done = await client.jobs[verb]({ job: id })
      if (!done.ok) return
      this.#count(verb)
      if (verb === 'rerun') this.promised.set(done.value.job.job.id, this.promised.get(id) ?? '')
    })
  }

  #count(verb: (typeof verbs)[number]): void {
    const { done } = this.#findings
    if (verb === 'cancel') done.cancels += 1
    if (verb === 'pause') done.pauses += 1
    if (verb === 'retry') done.retries += 1
    if (verb === 'rerun') done.reruns += 1
  }

  /** How many jobs are not over; null when nobody says. */
  async #open(): Promise<number | null> {
    let open: number | null = null
    await this.#withHost(async ({ client }) => {
      const { jobs } = await client.jobs.list({ limit: 40 })
      open = jobs.filter(({ job }) => job.finishedAt === null).length
    })
    return open
  }

  /** Not at all while nobody listens, and only so far as the host lives: what broke off may have been done or not. */
  async #withHost(ask: (host: HostConnection) => Promise<void>): Promise<void> {
    const host = await this.#site.connect()
    if (host === null) return
    try {
      await ask(host)
    } catch (error) {
      if (host.open) this.#findings.fault(`a host that lives has failed a call: ${String(error)}`)
    } finally {
      host.close()
    }
  }
}
