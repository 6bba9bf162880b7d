import type fc from 'fast-check'
import { expect } from 'vitest'
import { ledgerProblems, outcomeProblems } from './invariants.ts'
import type { Person } from './person.ts'
import type { World } from './world.ts'

type Step = (person: Person, world: World) => Promise<void>

/** Something that happens to a host. After each one everything that always holds is looked at. */
export class Happening implements fc.AsyncCommand<Person, World> {
  /** How many have happened, over all runs. */
  static count = 0
  readonly #name: string
  readonly #step: Step

  constructor(name: string, step: Step) {
    this.#name = name
    this.#step = step
  }

  check(): boolean {
    return true
  }

  async run(person: Person, world: World): Promise<void> {
    Happening.count += 1
    await this.#step(person, world)
    await world.settle()
    expectSound(person, world)
  }

  toString(): string {
    return this.#name
  }
}

export function expectSound(person: Person, world: World): void {
  const { look, mirror, problems } = world
  const all = [...problems, ...ledgerProblems(look, mirror), ...outcomeProblems(look, world)]
  expect([...all, ...person.complaints(look.jobs())]).toEqual([])
}
