import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'
import type { Json } from '../../contract/json.ts'
import type { Answer, Outcome } from '../../contract/outcome.ts'
import { definePlan } from '../../contract/plan.ts'
import type { TaskOrder, Work } from '../../contract/workerMessages.ts'
import { partLost, success, World } from './testing/world.ts'

const kindOf = (id: string) =>
  defineKind({
    id,
    version: 1,
    title: id,
    summary: id,
    params: z.strictObject({}),
    result: z.unknown(),
    cost: () => ({ ms: 60_000 }),
  })

/** Looks at 12 cells, gathers what was found, and gives it to every task of a second look. */
const twice = definePlan(kindOf('twice'), {
  stages: ['look', 'gather', 'again', 'total'],
  *steps(job) {
    const found = yield* job.merge('gather', yield* job.map('look', job.items(12), { cellsPerTask: 2 }))
    return yield* job.merge('total', yield* job.map('again', job.items(10), { cellsPerTask: 1, uses: [found] }))
  },
})

type File = Record<string, string[]>

/** Tasks whose answers are files: which files a worker's scratch folder would hold, and what stands in them. */
class Files {
  readonly #contents: File = {}
  /** Files that were there and are gone. */
  readonly lost = new Set<string>()

  write({ seq, attempt }: TaskOrder, contents: string[]): Answer {
    const file = `${seq}.${attempt}.0.names`
    this.#contents[file] = contents
    return { files: { names: { file, bytes: 1, crc32: 0 } } }
  }

  /** What stands in the file of an answer; throws its name when it is gone. */
  read(answer: Answer | undefined): string[] {
    const file = answer?.files?.['names']?.file ?? ''
    this.check(file)
    return this.#contents[file] ?? []
  }

  check(file: string): void {
    if (this.lost.has(file)) throw new Lost(file)
  }
}

class Lost extends Error {}

/** `look` leaves a file; `gather` leaves one that names them all; `again` opens each of those; `total` counts what was opened. */
function performIn(files: Files) {
  return (work: Work, order: TaskOrder): Json | Outcome => {
    try {
      const answer = answerOf(files, work, order)
      return { ...(success(null, 0) as Extract<Outcome, { type: 'succeeded' }>), answer }
    } catch (error) {
      if (error instanceof Lost) return partLost(error.message)
      throw error
    }
  }
}

function answerOf(files: Files, work: Work, order: TaskOrder): Answer {
  if (work.type === 'map' && work.stage === 'look') return files.write(order, [])
  if (work.type === 'map') {
    const names = (work.uses ?? []).flatMap((used) => files.read(used))
    for (const name of names) files.check(name)
    return { value: names.length }
  }
  if (work.type === 'merge' && work.stage === 'gather') return files.write(order, namesIn(files, order.uses ?? []))
  return { value: (order.uses ?? []).reduce((sum, { value }) => sum + Number(value), 0) }
}

/** Those that a merge before has gathered, or the file of a `look` itself. */
function namesIn(files: Files, uses: readonly Answer[]): string[] {
  return uses.flatMap((used) => {
    const names = files.read(used)
    return names.length > 0 ? names : [used.files?.['names']?.file ?? '']
  })
}

describe('answers that a map uses', () => {
  it('reach every one of its tasks, whatever order they come in and whenever the master dies', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 60 }), fc.nat(25), (choices, dies) => {
        const world = new World({ plans: [twice], perform: performIn(new Files()) })
        world.submit({ kind: 'twice' })
        for (const [index, choice] of choices.entries()) {
          if (index === dies) world.restart()
          if (world.waiting.length > 0) world.answer(choice % world.waiting.length)
        }
        world.finish()
        // Each of the 10 tasks of `again` opened the 6 files of `look`.
        expect(world.job()).toMatchObject({ state: 'succeeded', result: 60 })
      }),
      { numRuns: 60 },
    )
  })

  it('travel once with a batch, not once with each task', () => {
    const world = new World({ plans: [twice], perform: performIn(new Files()) })
    world.submit({ kind: 'twice' })
    while (world.waiting[0]?.work.type !== 'map' || world.waiting[0].work.stage !== 'again') world.answer()
    const { work, order } = world.waiting[0]
    expect(work).toMatchObject({ type: 'map', uses: [{ files: { names: {} } }] })
    expect(order.uses).toBeUndefined()
  })

  it('name files that are made again when one is lost, though the merge that named it had ended', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 9 }), (lostTask, afterTasks) => {
        const files = new Files()
        const world = new World({ plans: [twice], perform: performIn(files) })
        world.submit({ kind: 'twice' })
        const again = () => world.ledger.tasks(1).filter(({ answer }) => answer?.value === 6).length
        const isBegun = () => world.waiting.some(({ work }) => work.type === 'map' && work.stage === 'again')
        while (again() < afterTasks || !isBegun()) world.answer()
        const lost = world.ledger.tasks(1).find(({ from, args }) => from === lostTask * 2 && args === undefined)
        files.lost.add(`${lost?.seq}.1.0.names`)
        world.finish()
        expect(world.job()).toMatchObject({ state: 'succeeded', result: 60 })
        expect(world.ledger.tasks(1)[lost?.seq ?? -1]?.attempt).toBe(2)
      }),
    )
  })

  it('are not asked for by a plan that was begun before maps could use any', () => {
    const plain = definePlan(kindOf('twice'), {
      stages: ['look', 'gather'],
      *steps(job) {
        return yield* job.merge('gather', yield* job.map('look', job.items(4), { uses: [] }))
      },
    })
    const world = new World({ plans: [plain], perform: performIn(new Files()) })
    world.submit({ kind: 'twice' })
    expect(world.job().operations[0]?.hash).toBe(
      '1 ["map","look",{"cells":4,"items":4,"perCell":1,"type":"items"},"exact",null]',
    )
    expect(world.waiting[0]?.work).not.toHaveProperty('uses')
  })
})
