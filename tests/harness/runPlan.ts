import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CellSource, Input } from '../../contract/dataset.ts'
import { assertNever, invariant } from '../../contract/invariant.ts'
import type { Json } from '../../contract/json.ts'
import {
  type Answer,
  type FileRef,
  folderMediaType,
  type RejectedRecord,
  answerSchema,
} from '../../contract/outcome.ts'
import type { MapHandle, Operation, PartialForm, Plan, PlanSteps } from '../../contract/plan.ts'
import type { Run } from '../../contract/run.ts'
import type { InspectOptions } from '../../contract/workerMessages.ts'
import { inspect } from '../../datasets/inspect.ts'
import { uniteTables } from '../../datasets/table/unite.ts'
import { packedFiles } from '../../datasets/write/pack.ts'
import { makePlanner } from '../../master/engine/planner.ts'
import { partOf } from '../../workers/answers.ts'
import { TaskContext } from '../../workers/context.ts'
import { runMap, runMerge, runTask } from '../../workers/stages.ts'
import { type Chance, chanceOf } from './chance.ts'

/**
 * Carries out a kind's plan in this process: real files, the kind's own stage functions, the workers' own context. What the engine
 * decides by size and speed is decided here by a seed: where splits are cut, in which order tasks run, which neighbours are merged.
 * It writes into a folder of its own, which is gone when it returns.
 */
export interface PlanRequest {
  /** A kind's plan and run, as its files export them. */
  kind: { plan: Plan; run: Run }
  /** As a person writes them: the kind's schema fills in the rest. */
  params?: Record<string, Json>
  files?: readonly (Uint8Array | string)[]
  /** Files and folders that are there already, behind those. */
  paths?: readonly string[]
  /** Records of the first input that a person has put right. */
  mended?: { offset: number; raw: string }[]
  /** The folder in which indexes are kept. */
  indexes?: string
  /** Called before each task. */
  onStage?: (stage: string) => void
  /** Size of the files' cells; 64 KiB like the smallest real one unless given. */
  cellBytes?: number
  /** Decides the cuts and orders. Without it every map is one task. */
  seed?: number
  /** A split has at most so many cells; about a tenth of them unless given. */
  mostCells?: number
}

export interface PlanRun {
  result: Json
  /** Bytes of each artifact by name; of a folder, of each file in it by the folder's name and its path. */
  artifacts: Map<string, Buffer>
  /** By input and place; `row` as the master counts it. */
  rejects: { input: number; row: number; offset: number; reason: string; raw: string }[]
  /** Over all stages, without the copying of artifacts. */
  tasks: number
  /** By stage. */
  stages: Record<string, number>
  /** What the job's story says of its tasks. */
  told: string[]
  /** Over all map tasks. */
  bytes: number
  rows: number
}

export async function runPlan(request: PlanRequest): Promise<PlanRun> {
  const folder = mkdtempSync(join(tmpdir(), 'gristmill-plan-'))
  try {
    return await new PlanRunner(request, folder).run()
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** A task's answer with what its context kept account of. */
interface Finished {
  answer: Answer
  rejects: RejectedRecord[]
  tailRows: number
  /** The input of its last piece; undefined for listed items. */
  lastInput: number | undefined
}

interface MapDone {
  source: CellSource
  partial: PartialForm
  tasks: Finished[]
}

class PlanRunner {
  readonly #run: Run
  readonly #plan: Plan
  #params: unknown
  readonly #inputs: Input[] = []
  readonly #folder: string
  readonly #chance: Chance | null
  readonly #mostCells: number | undefined
  readonly #maps = new Map<string, MapDone>()
  readonly #done: Omit<PlanRun, 'result' | 'tasks'> = {
    artifacts: new Map(),
    rejects: [],
    stages: {},
    told: [],
    bytes: 0,
    rows: 0,
  }
  #tasks = 0
  readonly #request: PlanRequest

  constructor(request: PlanRequest, folder: string) {
    this.#plan = request.kind.plan
    this.#run = request.kind.run
    this.#params = this.#plan.kind.params.parse(request.params ?? {})
    this.#folder = folder
    this.#request = request
    this.#chance = request.seed === undefined ? null : chanceOf(request.seed)
    this.#mostCells = request.mostCells
  }

  async run(): Promise<PlanRun> {
    const { files = [], paths = [], cellBytes = 65_536 } = this.#request
    const table = this.#plan.kind.table(this.#params)
    for (const [index, content] of files.entries())
      this.#inputs.push(await makeInput(join(this.#folder, `input${index}`), content, { cellBytes, table }))
    for (const path of paths) this.#inputs.push(await inputAt(path, { cellBytes, table, folders: true }))
    this.#mend()
    if (this.#plan.kind.accepts.includes('table'))
      this.#inputs.splice(0, this.#inputs.length, ...uniteTables(this.#inputs, table.fileColumn))
    this.#params = this.#plan.kind.settle(this.#params, this.#inputs)
    const complaint = this.#plan.kind.check(this.#params, this.#inputs)
    if (complaint !== null) throw new Error(complaint)
    const answer = await this.#carryOut(this.#plan.steps(makePlanner(this.#params, this.#inputs)))
    const result = this.#plan.kind.result.parse(partOf(answer, this.#folder).value) as Json
    return { ...this.#done, result, tasks: this.#tasks }
  }

  #mend(): void {
    const { mended } = this.#request
    const [first] = this.#inputs
    if (mended === undefined || first === undefined) return
    const path = join(this.#folder, 'mended')
    writeFileSync(path, JSON.stringify(mended))
    this.#inputs[0] = { ...first, mended: path }
  }

  async #carryOut<Result>(steps: PlanSteps<Result>): Promise<Result> {
    for (let answer: unknown = undefined; ;) {
      const step = steps.next(answer)
      if (step.done === true) return step.value
      answer = await this.#answerTo(step.value)
    }
  }

  async #answerTo(operation: Operation): Promise<unknown> {
    switch (operation.type) {
      case 'task': {
        const { stage, args, uses } = operation
        const work = { type: 'task', stage } as const
        return (await this.#execute(stage, (call) => runTask({ ...call, work, order: { ...call.order, args, uses } })))
          .answer
      }
      case 'map':
        return this.#map(operation)
      case 'merge':
        return this.#merge(operation.stage, this.#mapOf(operation.from))
      case 'write': {
        const answers = 'handle' in operation.from ? this.#mapOf(operation.from).tasks : [{ answer: operation.from }]
        if (operation.mediaType === folderMediaType)
          for (const { answer } of answers) this.#unpack(operation.name, refOf(answer, operation.file))
        else
          this.#done.artifacts.set(
            operation.name,
            Buffer.concat(answers.map(({ answer }) => readFileSync(this.#path(refOf(answer, operation.file))))),
          )
        return undefined
      }
      case 'all': {
        const returned: Json[] = []
        for (const branch of operation.branches) returned.push(await this.#carryOut(branch()))
        return returned
      }
      case 'open':
        throw new Error('the harness has all inputs from the start: no kind asks for an open list by itself')
      default:
        return assertNever(operation, 'plan harness')
    }
  }

  async #map(operation: Extract<Operation, { type: 'map' }>): Promise<MapHandle> {
    const { stage, source, partial, cellsPerTask, uses } = operation
    const splits = this.#cut(source.cells, cellsPerTask)
    const tasks = new Map<number, Finished>()
    for (const split of this.#chance?.shuffled(splits) ?? splits) {
      const work = { type: 'map', stage, source, partial, uses } as const
      const finished = await this.#execute(stage, (call) =>
        runMap({ ...call, work, order: { ...call.order, ...split } }),
      )
      tasks.set(split.from, finished)
    }
    const inOrder = splits.map((split) => tasks.get(split.from)!)
    this.#collectRejects(inOrder)
    const handle: MapHandle = { handle: 'map', operation: `map${this.#maps.size}` }
    this.#maps.set(handle.operation, { source, partial, tasks: inOrder })
    return handle
  }

  /** Merges random runs of neighbours until one answer is left; what there is to merge of nothing is the stage's to say. */
  async #merge(stage: string, map: MapDone): Promise<Answer> {
    let answers = map.tasks.map((task) => task.answer)
    const work = { type: 'merge', stage, partial: map.partial, cells: map.source.cells } as const
    do {
      const size = this.#chance?.between(Math.min(2, answers.length), Math.min(5, answers.length)) ?? answers.length
      const at = this.#chance?.between(0, answers.length - size) ?? 0
      const uses = answers.slice(at, at + size)
      const merged = await this.#execute(stage, (call) => runMerge({ ...call, work, order: { ...call.order, uses } }))
      answers = [...answers.slice(0, at), merged.answer, ...answers.slice(at + size)]
    } while (answers.length > 1)
    return answers[0]!
  }

  /** Runs one task as a worker does; its answer crosses as text, as it does between processes. */
  async #execute(stage: string, task: (call: Call) => Promise<Answer>): Promise<Finished> {
    const seq = this.#tasks++
    this.#request.onStage?.(stage)
    this.#done.stages[stage] = (this.#done.stages[stage] ?? 0) + 1
    const pieces: number[] = []
    const { indexes } = this.#request
    const job = { inputs: this.#inputs, scratch: this.#folder, ...(indexes === undefined ? {} : { indexes }) }
    const context = new TaskContext({ job, params: this.#params, seq, attempt: 1 })
    const open = context.open.bind(context)
    context.open = (input) => (pieces.push(input), open(input))
    try {
      const order = { seq, attempt: 1, from: 0, to: 0 }
      const answer = await task({ run: this.#run, context, order, scratch: this.#folder })
      this.#done.bytes += context.bytes
      this.#done.rows += context.rows
      if (context.told !== null) this.#done.told.push(context.told)
      const { rejects, tailRows } = context
      invariant(rejects.length === context.rejectedCount, 'a test has fewer rejects than a task keeps')
      return {
        answer: answerSchema.parse(JSON.parse(JSON.stringify(answer))),
        rejects,
        tailRows,
        lastInput: pieces.at(-1),
      }
    } finally {
      context.close()
    }
  }

  /** A reject's row: the records of its input in earlier tasks, and its place in its piece. Only a task's first piece goes on in an input. */
  #collectRejects(tasks: Finished[]): void {
    let input: number | undefined
    let before = 0
    for (const task of tasks) {
      for (const { piece, record, ...reject } of task.rejects) {
        const rows = piece === 0 && (input === undefined || reject.input === input) ? before : 0
        this.#done.rejects.push({
          input: reject.input,
          row: rows + record + 1,
          offset: reject.offset,
          reason: reject.reason,
          raw: reject.raw,
        })
      }
      before = task.lastInput === input ? before + task.tailRows : task.tailRows
      input = task.lastInput
    }
  }

  /** Cut points between cells: none without a seed, every `cellsPerTask` when the plan says so, random ones otherwise. */
  #cut(cells: number, cellsPerTask: number | null): { from: number; to: number }[] {
    const most = cellsPerTask ?? this.#mostCells ?? Math.ceil(cells / 5)
    const splits: { from: number; to: number }[] = []
    for (let from = 0; from < cells; from = splits.at(-1)!.to) {
      const length = cellsPerTask ?? this.#chance?.between(1, most) ?? cells
      splits.push({ from, to: Math.min(cells, from + length) })
    }
    return splits
  }

  #mapOf(handle: MapHandle): MapDone {
    const map = this.#maps.get(handle.operation)
    invariant(map !== undefined, `${handle.operation} is no map of this plan`)
    return map
  }

  #unpack(name: string, pack: FileRef): void {
    const bytes = readFileSync(this.#path(pack))
    for (const { path, offset, bytes: length } of packedFiles({ path: (ref) => this.#path(ref) }, pack)) {
      invariant(!this.#done.artifacts.has(`${name}/${path}`), `${path} is written once`)
      this.#done.artifacts.set(`${name}/${path}`, bytes.subarray(offset, offset + length))
    }
  }

  #path(ref: FileRef): string {
    return join(this.#folder, ref.file)
  }
}

function refOf(answer: Answer, name: string): FileRef {
  const ref = answer.files?.[name]
  invariant(ref !== undefined, `an answer has no file ${name}`)
  return ref
}

interface Call {
  run: Run
  context: TaskContext
  order: { seq: number; attempt: number; from: number; to: number }
  scratch: string
}

/** As intake makes one. */
async function makeInput(path: string, content: Uint8Array | string, options: InspectOptions): Promise<Input> {
  writeFileSync(path, content)
  return { ...(await inputAt(path, options)), name: path }
}

async function inputAt(path: string, options: InspectOptions): Promise<Input> {
  const reply = await inspect(path, options)
  if (!reply.ok) throw new Error(reply.message)
  return reply.inspection.input
}
