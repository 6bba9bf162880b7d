import { assertNever, Bug } from '../../contract/invariant.ts'
import { canonicalJson, type Json } from '../../contract/json.ts'
import type { Answer, Recorded } from '../../contract/outcome.ts'
import type { MapHandle, Operation, PlanSteps } from '../../contract/plan.ts'

/**
 * Drives a job's plan: a generator that yields operations. Sub-plans of `all` are fibres on an explicit queue, so that depth costs
 * memory and never stack. It owns ids and replay and nothing else: what an operation does stands in operations/.
 *
 * Replay: every yield has an id (its fibre's id and its ordinal in it) and a hash of what it asks for. A recorded operation with
 * another hash means that the plan is no longer the one that was begun: `PlanChanged`. A fibre whose return value is recorded is not
 * run again.
 *
 * Depth first and the first branch first: so of a plan that branches again and again few fibres are begun at a time.
 */
export interface PlanLedger {
  recorded(id: string): { hash: string; answer: Recorded | undefined } | undefined
  /** A yield that is not on record: to be recorded. */
  made(operation: { id: string; type: string; stage: string; hash: string }): void
  /** An operation that is to be carried out; its answer comes by `PlanRunner.answer`. */
  begin(id: string, operation: Exclude<Operation, { type: 'all' }>): void
  /** The return value of an operation or of a fibre: to be recorded. */
  answered(id: string, answer: Recorded): void
  /** 16 bytes of SHA-256, in hex. */
  hash(text: string): string
}

export class PlanChanged extends Error {
  override name = 'PlanChanged'
}

interface Fibre {
  id: string
  steps: PlanSteps<Recorded>
  /** How many operations it has yielded. */
  ordinal: number
  parent: { fibre: Fibre; all: Gathering; position: number } | null
}

/** An `all` whose branches have not all returned. */
interface Gathering {
  values: Recorded[]
  missing: number
}

const rootId = 'root'
/** Of a sub-plan's return value as JSON: it is recorded, and plans branch on values that are small. */
const mostReturned = 4096

/** The fibre that yielded an operation: its own id, or a branch's. */
export function fibreOf(operation: string): string {
  return operation.slice(0, operation.lastIndexOf('.'))
}

export class PlanRunner {
  /** What the plan returned, once it has. */
  returned: { answer: Answer } | null = null
  readonly #ledger: PlanLedger
  readonly #version: number
  readonly #waiting = new Map<string, Fibre>()
  readonly #ready: { fibre: Fibre; value: unknown }[] = []

  constructor(steps: PlanSteps<Answer>, version: number, ledger: PlanLedger) {
    this.#ledger = ledger
    this.#version = version
    this.#ready.push({ fibre: { id: rootId, steps, ordinal: 0, parent: null }, value: undefined })
  }

  /** Runs fibres that can go on until each waits for an answer or has returned, for at most so many steps; returns how many it took. */
  advance(most = Number.POSITIVE_INFINITY): number {
    let steps = 0
    while (steps < most) {
      const next = this.#ready.pop()
      if (next === undefined) break
      this.#resume(next.fibre, next.value)
      steps += 1
    }
    return steps
  }

  /** The answer of an operation that was begun; `advance` goes on from it. */
  answer(id: string, value: Recorded): void {
    const fibre = this.#waiting.get(id)
    if (fibre === undefined) throw new Bug(`operation ${id} was answered, but nothing waits for it`)
    this.#waiting.delete(id)
    this.#ledger.answered(id, value)
    this.#ready.push({ fibre, value })
  }

  #resume(fibre: Fibre, value: unknown): void {
    const step = fibre.steps.next(value)
    if (step.done === true) this.#return(fibre, step.value)
    else this.#operate(fibre, step.value)
  }

  #operate(fibre: Fibre, operation: Operation): void {
    const id = `${fibre.id}.${fibre.ordinal++}`
    const hash = this.#ledger.hash(`${this.#version} ${canonicalJson(askedOf(operation))}`)
    const recorded = this.#ledger.recorded(id)
    if (recorded !== undefined && recorded.hash !== hash)
      throw new PlanChanged(`the plan asks for something else at ${id} (${operation.type}) than when the job was begun`)
    if (recorded === undefined) this.#ledger.made({ id, type: operation.type, stage: stageOf(operation), hash })
    if (operation.type === 'all') return this.#branch(fibre, id, operation.branches)
    if (operation.type === 'map') {
      // Tasks of a map are made and run beside the plan: it goes on at once with a handle.
      this.#ledger.begin(id, operation)
      this.#ready.push({ fibre, value: { handle: 'map', operation: id } satisfies MapHandle })
      return
    }
    if (recorded?.answer !== undefined) {
      this.#ready.push({ fibre, value: recorded.answer })
      return
    }
    this.#waiting.set(id, fibre)
    this.#ledger.begin(id, operation)
  }

  #branch(parent: Fibre, id: string, branches: readonly (() => PlanSteps<Json>)[]): void {
    const all: Gathering = { values: Array.from({ length: branches.length }, () => null), missing: branches.length }
    if (branches.length === 0) this.#ready.push({ fibre: parent, value: [] })
    const begun: Fibre[] = []
    for (const [position, branch] of branches.entries()) {
      const fibreId = this.#ledger.hash(`${id} ${position}`)
      const place = { fibre: parent, all, position }
      const recorded = this.#ledger.recorded(fibreId)
      if (recorded?.answer !== undefined) this.#gather(place, recorded.answer)
      else begun.push({ id: fibreId, steps: branch(), ordinal: 0, parent: place })
    }
    for (const fibre of begun.toReversed()) this.#ready.push({ fibre, value: undefined })
  }

  #return(fibre: Fibre, value: Recorded): void {
    if (fibre.parent === null) {
      this.returned = { answer: value as Answer }
      return
    }
    const size = JSON.stringify(value).length
    if (size > mostReturned)
      throw new Error(`a sub-plan returned ${size} characters of JSON, and the most is ${mostReturned}`)
    // On record without an answer when a part that it rests on was lost, and it was run again.
    if (this.#ledger.recorded(fibre.id) === undefined)
      this.#ledger.made({ id: fibre.id, type: 'branch', stage: '', hash: '' })
    this.#ledger.answered(fibre.id, value)
    this.#gather(fibre.parent, value)
  }

  #gather({ fibre: parent, all, position }: NonNullable<Fibre['parent']>, value: Recorded): void {
    all.values[position] = value
    all.missing -= 1
    if (all.missing === 0) this.#ready.push({ fibre: parent, value: all.values })
  }
}

/** What two runs of a plan must ask for alike. Names of scratch files are left out: a result that is computed again has new ones. */
function askedOf(operation: Operation): Json {
  switch (operation.type) {
    case 'task':
      return ['task', operation.stage, operation.args, operation.uses.length]
    case 'map':
      return ['map', operation.stage, operation.source, operation.partial, operation.cellsPerTask, ...usesOf(operation)]
    case 'merge':
      return ['merge', operation.stage, operation.from.operation]
    case 'write':
      return [
        'write',
        operation.name,
        operation.mediaType,
        operation.file,
        'handle' in operation.from ? operation.from.operation : null,
      ]
    case 'all':
      return ['all', operation.branches.length]
    case 'open':
      return ['open', operation.stage]
    default:
      return assertNever(operation, 'asked of')
  }
}

/** A map that uses nothing asks for what it asked for before maps could use anything: jobs of that time go on. */
function usesOf({ uses }: { uses: readonly Answer[] }): Json[] {
  return uses.length === 0 ? [] : [uses.length]
}

function stageOf(operation: Operation): string {
  switch (operation.type) {
    case 'task':
    case 'map':
    case 'merge':
    case 'open':
      return operation.stage
    case 'write':
      return 'write'
    case 'all':
      return ''
    default:
      return assertNever(operation, 'stage of')
  }
}
