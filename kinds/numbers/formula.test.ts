import { runInNewContext } from 'node:vm'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileFormula, formulaComplaint } from './formula.ts'

describe('a formula', () => {
  test.each([
    ['x', 7, 7],
    ['x * 2', 7, 14],
    ['x ** 2', 9, 81],
    ['2 ** 3 ** 2', 0, 512],
    ['2 ** -1', 0, 0.5],
    ['(-x) ** 2', 3, 9],
    ['-(x ** 2)', 3, -9],
    ['2 * x ** 2', 3, 18],
    ['-x * 2', 3, -6],
    ['--x', 3, 3],
    ['+x', 3, 3],
    ['10 - 4 - 3', 0, 3],
    ['100 / 10 / 5', 0, 2],
    ['7 % 4 * 2', 0, 6],
    ['(x + 1) * (x - 1)', 5, 24],
    ['pow(x, 3) + sqrt(16)', 2, 12],
    ['min(x, 1, 3) + max(2) + hypot(3, 4)', 5, 8],
    ['atan2(0, -1) - pi', 0, 0],
    ['log(e)', 0, 1],
    ['1e3 + .5', 0, 1000.5],
    ['sin(x)/cos(x) - tan(x)', 0, 0],
    [' ( ( x ) ) ', 4, 4],
  ])('%s of %d is %d', (text, x, expected) => {
    expect(compileFormula(text)(x)).toBe(expected)
  })

  test.each([
    ['', 'an empty formula'],
    ['y + 1', 'unknown name "y" (known: x, pi, e; text stands in quotes) at character 1: →y + 1'],
    ['x + y', 'unknown name "y" (known: x, pi, e; text stands in quotes) at character 5: x + →y'],
    ['x + foo(x)', 'at character 5: x + →foo(x)'],
    ['-x ** 2', 'a sign before ** can mean either'],
    ['x ** -x ** 2', 'a sign before ** can mean either'],
    ['x.constructor', 'values, names, operators and functions only at character 1'],
    ['x["a"]', 'values, names, operators and functions only'],
    ['sqrt.call(x)', 'only a function can be called by its name'],
    ['sqrt(x)(x)', 'only a function can be called by its name'],
    ['(sqrt)(x)', 'at character 1'],
    ['constructor(x)', 'unknown function "constructor"'],
    ['__proto__', 'at character 1'],
    ['x = 2', 'gives true or false, not a number'],
    ['x == 2', 'gives true or false, not a number'],
    ['x ? 1 : 2', 'this is a number, not true or false; compare it with something'],
    ['x, 2', 'values, names, operators and functions only'],
    ['(x, 2)', 'values, names, operators and functions only'],
    ['x 2', 'at character'],
    ['2x', 'at character 2: 2→x'],
    ['"a"', 'gives text, not a number at character 1'],
    ['[1]', 'values, names, operators and functions only'],
    ['this', 'unknown name "this"'],
    ['true', 'gives true or false, not a number'],
    ['x +', 'at character 4'],
    ['(x', 'at character 3'],
    ['()', 'Nothing between the parentheses'],
    ['sqrt()', '"sqrt" takes 1 value, not 0'],
    ['pow(x)', '"pow" takes 2 values, not 1'],
    ['min()', '"min" takes at least 1 value, not 0'],
    ['1e999', 'the number 1e999 is too large'],
    ['x; x', 'values, names, operators and functions only'],
  ])('%s is refused with its place', (text, complaint) => {
    expect(formulaComplaint(text)).toContain(complaint)
  })

  test('means what JavaScript means by the same text', () => {
    const number = fc.oneof(fc.nat(9).map(String), fc.constant('x'))
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        number,
        fc
          .tuple(tie('expression'), fc.constantFrom('+', '-', '*', '/', '%'), tie('expression'))
          .map((parts) => parts.join(' ')),
        tie('expression').map((inner) => `(${inner})`),
        fc.tuple(number, number).map(([base, exponent]) => `${base} ** ${exponent}`),
        tie('expression').map((inner) => `-(${inner})`),
      ),
    }))
    fc.assert(
      fc.property(expression, fc.integer({ min: -5, max: 5 }), (text, x) => {
        expect(compileFormula(text)(x)).toBe(runInNewContext(text, { x }))
      }),
      { numRuns: 300 },
    )
  })
})
