import { describe, expect, test } from 'vitest'
import { type Kind, inputJsonSchema, outputJsonSchema } from '../contract/kind.ts'
import type { Plan } from '../contract/plan.ts'
import type { Run } from '../contract/run.ts'

const kinds = import.meta.glob<Kind>('./*/kind.ts', { eager: true, import: 'kind' })
const plans = import.meta.glob<Plan>('./*/plan.ts', { eager: true, import: 'plan' })
const runs = import.meta.glob<Run>('./*/run.ts', { eager: true, import: 'run' })
const folders = Object.keys(kinds).map((file) => file.replace('/kind.ts', ''))

describe.each(folders)('the kind in %s', (folder) => {
  const kind = kinds[`${folder}/kind.ts`]!
  const plan = plans[`${folder}/plan.ts`]!
  const run = runs[`${folder}/run.ts`]!

  test('has its id from its folder, and one plan and one run', () => {
    const id = folder.slice(2).replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    expect(kind.id).toBe(id)
    expect(plan.kind).toBe(kind)
    expect(run.kind).toBe(kind)
  })

  test('has a function for each stage of its plan, and no other', () => {
    const functions = [run.maps, run.merges, run.tasks].flatMap((stages) => Object.keys(stages))
    expect(functions.toSorted()).toEqual(plan.stages.toSorted())
  })

  test('describes each param for a form, and refuses what it does not know', () => {
    const schema = inputJsonSchema(kind.params)
    for (const [name, param] of Object.entries(schema.properties ?? {})) {
      expect([name, param.title]).toEqual([name, expect.stringMatching(/^[A-Z]/)])
      expect([name, param.description]).toEqual([name, expect.any(String)])
    }
    expect(schema.additionalProperties).toBe(false)
    expect(kind.params.safeParse({ unheardOf: 1 }).success).toBe(false)
    expect(kind.params.safeParse(JSON.parse('{"__proto__": 1}')).success).toBe(false)
    expect(outputJsonSchema(kind.result)).not.toEqual({})
  })
})

test('the first four kinds are there', () => {
  const ids = Object.values(kinds).map((kind) => kind.id)
  expect(ids).toEqual(expect.arrayContaining(['no-op', 'numbers', 'primes', 'word-count']))
})
