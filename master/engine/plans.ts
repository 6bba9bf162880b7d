import type { Plan } from '../../contract/plan.ts'

export type AnyPlan = Plan

/** Every kind's plan, found by its place in the tree: adding a kind is adding a folder. */
export const plans: readonly AnyPlan[] = Object.values(
  import.meta.glob<AnyPlan>('../../kinds/*/plan.ts', { eager: true, import: 'plan' }),
).toSorted((one, other) => (one.kind.id < other.kind.id ? -1 : 1))
