import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cellBytesFor } from '../datasets/bytes/grid.ts'
import { samples, samplesFolder } from './samples.ts'

const sample = (name: string): string => readFileSync(join(samplesFolder, name), 'utf8')

describe('the sample datasets', () => {
  it('are what their script writes, and nothing else lies beside them', () => {
    expect(readdirSync(samplesFolder).sort()).toEqual(samples.map(({ name }) => name).sort())
    for (const { name, text } of samples)
      expect(sample(name) === text, `${name} differs; run node scripts/samples.ts`).toBe(true)
  })

  it('the prose makes several cells', () => {
    const bytes = Buffer.byteLength(sample('words.txt'))
    expect(bytes / cellBytesFor(bytes)).toBeGreaterThan(4)
  })

  it('every number is a number, and every candidate an integer below 2^64', () => {
    const lines = (name: string): string[] => sample(name).trimEnd().split('\n')
    expect(lines('numbers.txt')).toHaveLength(10_000)
    for (const line of lines('numbers.txt')) expect(Number.isFinite(Number(line))).toBe(true)
    for (const line of lines('candidates.txt')) expect(BigInt(line) < 2n ** 64n).toBe(true)
  })
})
