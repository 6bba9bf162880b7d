import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jobDocumentSchema, rejectSchema } from '../../contract/job.ts'
import { jsonOf, openGround } from './gristmill.ts'
import { expectParallel, expectSameBytes, layoutsOf, runLayout } from './layouts.ts'
import { awkOutputs, exactSum, numbersOracle } from './oracles.ts'
import { chanceOf } from '../harness/chance.ts'
import { makeNumbers } from './texts.ts'

const cellBytes = 64 * 1024

function textOf(outputs: readonly number[]): Buffer {
  return Buffer.from(outputs.map((output) => `${output}\n`).join(''))
}

describe('the oracle of exact sums', () => {
  it('knows sums that adding one after the other gets wrong', () => {
    expect(exactSum([0.1, 0.2, -0.3])).toBe(2 ** -55)
    expect(exactSum([1e308, 1, -1e308])).toBe(1)
    expect(exactSum([5e-324, 5e-324])).toBe(1e-323)
    expect(exactSum([2 ** 53, 1, 2 ** -40])).toBe(2 ** 53 + 2)
    expect(exactSum([])).toBe(0)
  })
})

describe('numbers', () => {
  it.each([
    { name: 'a final newline', ending: '\n', before: '', cut: 0 },
    { name: 'no final newline', ending: '\n', before: '', cut: 1 },
    { name: 'CRLF and a byte order mark', ending: '\r\n', before: '\uFEFF', cut: 0 },
  ])('sums a file with $name exactly, in the order of its lines', async ({ ending, before, cut }) => {
    const ground = openGround()
    const chance = chanceOf(31 + ending.length + cut)
    const lines = makeNumbers(chance, 60_000, ending)
    const path = ground.file('numbers.txt', before + lines.slice(0, lines.length - cut))
    const outputs = lines
      .split(ending)
      .slice(0, -1)
      .map((line) => Number(line) / 3)
    const expected = numbersOracle(outputs)
    for (const layout of layoutsOf(chance, [1, 2 * cellBytes])) {
      const outcome = await runLayout(ground, ['numbers', path, '-p', 'formula=x / 3'], layout)
      expect(outcome.document.result).toEqual(expected)
      expectSameBytes(outcome.artifact, textOf(outputs), JSON.stringify(layout))
      if (layout.split !== undefined) await expectParallel(ground, outcome, 'compute')
    }
    await ground.untilEmpty()
  })

  it('writes what awk writes', async () => {
    const ground = openGround()
    const chance = chanceOf(97)
    const integers = Array.from({ length: 60_000 }, () => chance.between(-1_000_000, 1_000_000))
    const path = ground.file('integers.txt', `${integers.join('\n')}\n`)
    const outcome = await runLayout(ground, ['numbers', path, '-p', 'formula=x * x + 7'], { workers: 3, split: 1 })
    expectSameBytes(outcome.artifact, Buffer.from(awkOutputs(path, 'x * x + 7')), 'awk')
    await expectParallel(ground, outcome, 'compute')
  })

  it('computes a sequence the same whoever works on it', async () => {
    const ground = openGround()
    const outputs = Array.from({ length: 20_001 }, (_, index) => Math.sqrt(index * 0.5))
    const expected = numbersOracle(outputs)
    const params = ['-p', 'formula=sqrt(x)', '-p', 'from=0', '-p', 'to=10000', '-p', 'step=0.5']
    for (const layout of layoutsOf(chanceOf(11), [1, 4000])) {
      const outcome = await runLayout(ground, ['numbers', ...params], layout)
      expect(outcome.document.result).toEqual(expected)
      expectSameBytes(outcome.artifact, textOf(outputs), JSON.stringify(layout))
      if (layout.split !== undefined) await expectParallel(ground, outcome, 'compute')
    }
  })

  it('sets aside what is no number, succeeds, and tells each one’s row and offset', async () => {
    const ground = openGround()
    const lines = Array.from({ length: 60_000 }, (_, index) => String(index))
    // The first line, one before and one behind the edges of cells, and the last.
    const bad = new Map([
      [0, 'zero'],
      [12_345, ''],
      [30_000, '0x10'],
      [59_999, '1e999'],
    ])
    for (const [index, text] of bad) lines[index] = text
    const path = ground.file('numbers.txt', `${lines.join('\n')}\n`)
    const ended = await ground.run(['run', 'numbers', path, '--workers', '3', '--split', '1', '--json'])
    expect(ended.code).toBe(3)
    const { job, result } = jsonOf(jobDocumentSchema, ended)
    expect(job).toMatchObject({ state: 'succeeded', rejects: bad.size })
    const good = lines.filter((_, index) => !bad.has(index)).map(Number)
    expect(result).toEqual(numbersOracle(good))
    const rejects = await ground.json(z.array(rejectSchema), ['rejects', 'last'])
    const expected = [...bad].map(([index, raw]) => ({
      source: path,
      row: index + 1,
      offset: lines.slice(0, index).reduce((sum, line) => sum + line.length + 1, 0),
      raw,
    }))
    expect(rejects.map(({ reason: _, ...reject }) => reject)).toEqual(expected)
    for (const { reason } of rejects) expect(reason).toMatch(/\S/)
  })

  it('reads stdin to its end', async () => {
    const ground = openGround()
    const ended = await ground.run(['run', 'numbers', '-', '--json'], { stdin: '1\n2\n' })
    expect(ended.code).toBe(0)
    const { result, artifacts, job } = jsonOf(jobDocumentSchema, ended)
    expect(result).toEqual({ count: 2, sum: 3, min: 1, max: 2, first: [1, 2], last: [1, 2] })
    expect(readFileSync(artifacts[0]!.path, 'utf8')).toBe('1\n2\n')
    expect(job.inputs).toMatchObject([{ name: 'stdin', bytes: 4, spooled: true }])
  })

  it('gives an empty file the answer of no numbers', async () => {
    const ground = openGround()
    const { result, artifacts } = await ground.runJob(['numbers', ground.file('empty.txt', '')])
    expect(result).toEqual({ count: 0, sum: 0, min: null, max: null, first: [], last: [] })
    expect(readFileSync(artifacts[0]!.path, 'utf8')).toBe('')
  })
})
