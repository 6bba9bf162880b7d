import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSabotage, sabotage } from './sabotage.ts'

/** The suites can fail: each promise is broken once, in a copy, and the suite that holds it has to say so in the right words. */
const patches = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.patch'))
const sabotages = patches.map((name) => readSabotage(join(import.meta.dirname, name)))

describe.concurrent('a sabotage is noticed', () => {
  it.each(sabotages)('$what', async (broken) => {
    const failed = await sabotage(broken)
    expect(failed.join('\n')).toContain(broken.red)
  })

  // The soak says what it found; a test that is red could be so for being in a copy.
  const ofVitest = [...new Set(sabotages.map(({ suite }) => suite.join(' ')))].filter((suite) =>
    suite.startsWith('vitest'),
  )
  it.each(ofVitest)('and without one nothing is red: %s', async (suite) => {
    expect(await sabotage({ suite: suite.split(' '), patch: null })).toEqual([])
  })

  it('and a patch that no longer applies is a failure that says so', async () => {
    const [first] = sabotages
    const moved = { ...first!, patch: first!.patch.replaceAll(/^-(?=[^-])/gm, '-moved ') }
    await expect(sabotage(moved)).rejects.toThrow('the patch no longer applies')
  })
})
