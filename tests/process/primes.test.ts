import { describe, expect, it } from 'vitest'
import { openGround } from './gristmill.ts'
import { expectParallel, expectSameBytes, layoutsOf, runLayout } from './layouts.ts'
import { primesBelow } from './oracles.ts'
import { chanceOf } from '../harness/chance.ts'

describe('primes', () => {
  it('finds the three primes among the five numbers of the classic example', async () => {
    const ground = openGround()
    const candidates = 'candidates=112272535095293,112582705942171,115280095190773,15,4'
    const outcome = await runLayout(ground, ['primes', '-p', candidates], { workers: 4, split: 1 })
    expect(outcome.document.result).toEqual({
      primes: [112_272_535_095_293, 112_582_705_942_171, 115_280_095_190_773],
      checked: 5,
    })
    await expectParallel(ground, outcome, 'check')
    await ground.untilEmpty()
  })

  it('counts 5,761,455 primes below a hundred million', async () => {
    const ground = openGround()
    for (const layout of [{ workers: 1 }, { workers: 2, split: 20 }]) {
      const outcome = await runLayout(ground, ['primes', '-p', 'mode=range', '-p', 'to=99999999'], layout)
      expect(outcome.document.result).toEqual({ count: 5_761_455 })
      if (layout.split !== undefined) await expectParallel(ground, outcome, 'sieve')
    }
  })

  it('lists a range in order, the same whoever works on it', async () => {
    const ground = openGround()
    const expected = primesBelow(3_000_001).filter((prime) => prime >= 1000)
    const text = Buffer.from(expected.map((prime) => `${prime}\n`).join(''))
    const params = ['-p', 'mode=range', '-p', 'from=1000', '-p', 'to=3000000', '-p', 'list=true']
    for (const layout of layoutsOf(chanceOf(5), [1, 1])) {
      const outcome = await runLayout(ground, ['primes', ...params], layout)
      expect(outcome.document.result).toEqual({ count: expected.length })
      expectSameBytes(outcome.artifact, text, JSON.stringify(layout))
    }
  })

  it('checks a file of candidates up to 2^64, line by line', async () => {
    const ground = openGround()
    const chance = chanceOf(64)
    const small = primesBelow(200_000)
    const isSmallPrime = new Set(small)
    const listed = Array.from({ length: 50_000 }, () => chance.between(0, 199_999))
    const large = ['18446744073709551557', '18446744073709551615', '9007199254740993', '9223372036854775783']
    const path = ground.file('candidates.txt', [...listed, ...large].join('\n'))
    const expected = [
      ...listed.filter((candidate) => isSmallPrime.has(candidate)).toSorted((one, other) => one - other),
      '9223372036854775783',
      '18446744073709551557',
    ]
    for (const layout of layoutsOf(chance, [1, 64 * 1024])) {
      const outcome = await runLayout(ground, ['primes', path], layout)
      expect(outcome.document.result).toEqual({ primes: expected, checked: listed.length + large.length })
      if (layout.split !== undefined) await expectParallel(ground, outcome, 'check')
    }
  })
})
