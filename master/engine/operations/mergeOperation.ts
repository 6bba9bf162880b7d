import { Bug } from '../../../contract/invariant.ts'
import type { Json } from '../../../contract/json.ts'
import type { LedgerTask } from '../../../contract/ledger.ts'
import type { Answer, Recorded } from '../../../contract/outcome.ts'
import type { Work } from '../../../contract/workerMessages.ts'
import type { ActiveOperation, FinishedPart, Node, OrderDetails, TaskSpec } from './activeOperation.ts'
import type { ActiveMap } from './mapOperation.ts'
import { chooseMerge } from './mergeChoice.ts'

/**
 * Folds a map's answers along its cells: each merge task takes a run of adjacent nodes and leaves one node over all their cells.
 * It begins as soon as neighbours are there; its widest node is the job's partial answer.
 */
export class ActiveMerge implements ActiveOperation {
  readonly id: string
  readonly stage: string
  readonly urgent = true
  readonly secondary = true
  readonly #map: ActiveMap
  /** Nodes that no merge task has taken, by first cell. */
  readonly #free = new Map<number, Node>()
  /** Every node that a task may still name, by task number. */
  readonly #bySeq = new Map<number, Node>()
  /** Numbers of nodes that a merge task on record has taken, whose nodes have not come yet. */
  readonly #taken = new Set<number>()
  /** What merge tasks of the ledger have left: kept until all that took some of it are known. */
  readonly #restored: Node[] = []
  #root: Node | null = null
  #widest: Node | null = null
  #emptyMade = false
  /** Merge tasks made and not answered yet. */
  #outstanding = 0

  constructor(id: string, stage: string, map: ActiveMap) {
    this.id = id
    this.stage = stage
    this.#map = map
  }

  /** To be called once its tasks of the ledger have been restored: nodes that they took are not free again. */
  listen(): void {
    for (const node of this.#restored.splice(0)) this.#merged(node)
    this.#map.onNode((node) => this.#add(node))
  }

  get exhausted(): boolean {
    return this.finished
  }

  get finished(): boolean {
    return this.#root !== null
  }

  /** The node that covers most: what is known of the answer so far. */
  get widest(): { answer: Answer; coverage: number } | null {
    if (this.#widest === null) return null
    return {
      answer: this.#widest.answer,
      coverage: (this.#widest.to - this.#widest.from) / Math.max(1, this.#map.cells),
    }
  }

  make(limit: number): TaskSpec[] {
    if (this.#map.cells === 0) return this.#makeEmpty()
    const specs: TaskSpec[] = []
    while (specs.length < limit) {
      const run = chooseMerge(this.#free, {
        complete: this.#map.finished,
        cells: this.#map.cells,
        widest: this.#widest === null ? 0 : this.#widest.to - this.#widest.from,
        outstanding: this.#outstanding,
      })
      if (run === null) break
      this.#outstanding += 1
      for (const node of run) this.#free.delete(node.from)
      specs.push({ from: run[0]?.from ?? 0, to: run.at(-1)?.to ?? 0, args: run.map((node) => node.seq) })
    }
    return specs
  }

  ready(task: { args?: Json }): boolean {
    return seqsOf(task.args).every((seq) => this.#bySeq.has(seq))
  }

  restore(task: LedgerTask): void {
    for (const seq of seqsOf(task.args)) this.#taken.add(seq)
    this.#emptyMade = true
    if (task.state === 'succeeded')
      this.#restored.push({ seq: task.seq, from: task.from, to: task.to, answer: task.answer ?? {} })
    else this.#outstanding += 1
  }

  succeeded(part: FinishedPart): void {
    this.#outstanding -= 1
    this.#merged({ seq: part.seq, from: part.from, to: part.to, answer: part.answer })
  }

  order(task: { args?: Json }): OrderDetails {
    return {
      uses: seqsOf(task.args).map((seq) => {
        const node = this.#bySeq.get(seq)
        if (node === undefined) throw new Bug(`merge ${this.id}: nothing is known of part ${seq}`)
        return node.answer
      }),
    }
  }

  work(): Work {
    return { type: 'merge', stage: this.stage, partial: this.#map.asked.partial, cells: this.#map.cells }
  }

  answer(): Recorded {
    if (this.#root === null) throw new Bug(`merge ${this.id} has no answer yet`)
    return this.#root.answer
  }

  /** A map of no cells still has an answer: the merge of nothing. */
  #makeEmpty(): TaskSpec[] {
    if (this.#emptyMade) return []
    this.#emptyMade = true
    this.#outstanding += 1
    return [{ from: 0, to: 0, args: [] }]
  }

  #merged(node: Node): void {
    if (this.#widest === null || node.to - node.from >= this.#widest.to - this.#widest.from) this.#widest = node
    if (node.from === 0 && node.to === this.#map.cells) this.#root = node
    else this.#add(node)
  }

  #add(node: Node): void {
    this.#bySeq.set(node.seq, node)
    if (!this.#taken.delete(node.seq)) this.#free.set(node.from, node)
  }
}

function seqsOf(args: Json | undefined): number[] {
  if (!Array.isArray(args)) throw new Bug('a merge task has no list of parts')
  return args.map(Number)
}
