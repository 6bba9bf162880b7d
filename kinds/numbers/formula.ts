import { compileExpression, expressionComplaint } from '../../datasets/expression/compile.ts'
import type { Scope } from '../../datasets/expression/types.ts'

/** Formulas in `x`: expressions whose only column is the number at hand. */
export type Formula = (x: number) => number

const scope: Scope<number> = {
  names: ['x'],
  column: (name) => (name === 'x' ? { type: 'number', evaluate: (x) => x } : undefined),
}

/** Throws an ExpressionError that says what is wrong and where. What is null for an x is no number. */
export function compileFormula(text: string): Formula {
  const { evaluate } = compileExpression(text, scope, 'number')
  return (x) => {
    const output = evaluate(x)
    return typeof output === 'number' ? output : NaN
  }
}

/** What is wrong with a formula, or null. */
export function formulaComplaint(text: string): string | null {
  return expressionComplaint(text, scope, 'number')
}
