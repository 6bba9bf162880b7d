import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Ground, openGround } from './gristmill.ts'
import { expectParallel, expectSameBytes, layoutsOf, runLayout, type Layout } from './layouts.ts'
import { coreutilsCounts, wordCountOracle, wordCounts } from './oracles.ts'
import { chanceOf, type Chance } from '../harness/chance.ts'
import { makeText } from './texts.ts'

const cellBytes = 64 * 1024
const mark = Buffer.from('\uFEFF')

function crlf(text: Buffer): Buffer {
  return Buffer.from(text.toString('utf8').replaceAll('\n', '\r\n'))
}

/** A three-byte character across each edge of a cell, now one byte before it, now two. */
function cutCharacters(cells: number): Buffer {
  const text = Buffer.alloc(cells * cellBytes, 'ab ')
  for (let cell = 1; cell < cells; cell++) Buffer.from(' 語語 ').copy(text, cell * cellBytes - (cell % 2 === 0 ? 3 : 2))
  return text
}

/** A word of 200,000 bytes in a line that is longer than several cells. */
function longLine(chance: Chance): Buffer {
  const long = Buffer.concat([Buffer.from('start '), Buffer.alloc(200_000, 'é'), Buffer.from(' end')])
  return Buffer.concat([makeText(chance, 100_000), long, makeText(chance, 200_000)])
}

/** Bytes that are no UTF-8 here and there: to be kept by one way of counting, to part words in the other. */
function brokenUtf8(chance: Chance): Buffer {
  const text = makeText(chance, 5 * cellBytes)
  for (let place = 0; place < 2000; place++) text[chance.between(0, text.length - 2)] = chance.between(0x80, 0xff)
  return text
}

const oracles = {
  whitespace: (path: string) => coreutilsCounts(path),
  words: (_path: string, text: Buffer) => wordCounts(text),
}
type Tokens = keyof typeof oracles

interface Shape {
  name: string
  parallel: boolean
  make: (chance: Chance) => Buffer
}

const shapes: Shape[] = [
  { name: 'text of many scripts', parallel: true, make: (chance) => makeText(chance, 9 * cellBytes) },
  {
    name: 'a file without a final newline',
    parallel: true,
    make: (chance) => Buffer.concat([makeText(chance, 4 * cellBytes), Buffer.from('no newline')]),
  },
  { name: 'a file with CRLF', parallel: true, make: (chance) => crlf(makeText(chance, 5 * cellBytes)) },
  {
    name: 'a file with a byte order mark',
    parallel: true,
    make: (chance) => Buffer.concat([mark, makeText(chance, 4 * cellBytes)]),
  },
  { name: 'a line longer than a cell', parallel: true, make: longLine },
  { name: 'characters cut by the edges of cells', parallel: true, make: () => cutCharacters(6) },
  { name: 'bytes that are no UTF-8', parallel: true, make: brokenUtf8 },
  { name: 'an empty file', parallel: false, make: () => Buffer.alloc(0) },
  { name: 'one line', parallel: false, make: () => Buffer.from('one line, "quoted", ünd more\n') },
]

/** Every run of a shape under several layouts comes to what the other tool counts. */
async function expectCounted(ground: Ground, { name, parallel, make }: Shape, tokens: Tokens): Promise<void> {
  const chance = chanceOf(name.length * 7919)
  const text = make(chance)
  const path = ground.file('text.txt', text)
  const expected = wordCountOracle(text, oracles[tokens](path, text))
  // No more than a quarter of the file to a task.
  const most = Math.max(1, Math.floor(text.length / 4 / cellBytes) * cellBytes)
  const layouts = layoutsOf(chance, [1, most])
  for (const layout of parallel ? layouts : layouts.slice(1)) {
    const outcome = await runLayout(ground, ['word-count', path, '-p', `tokens=${tokens}`], layout)
    const what = `${name}, ${JSON.stringify(layout)}`
    expect(outcome.document.result, what).toEqual(expected.result)
    expectSameBytes(outcome.artifact, expected.csv, what)
    if (parallel && layout.split !== undefined) await expectParallel(ground, outcome, 'count')
  }
}

describe('word-count of whitespace, each run a host of its own', () => {
  it.each(shapes)('is what another tool counts, whoever works on it: $name', async (shape) => {
    const ground = openGround()
    await expectCounted(ground, shape, 'whitespace')
    await ground.untilEmpty()
  })
})

describe('word-count of words, all runs by one open host', () => {
  let ground: Ground
  beforeAll(async () => {
    ground = new Ground()
    await ground.serve()
  })
  afterAll(async () => await ground.close())

  it.each(shapes)('is what another tool counts, whoever works on it: $name', async (shape) => {
    await expectCounted(ground, shape, 'words')
  })
})

describe('word-count', () => {
  it('gives the same bytes for random texts, sizes of tasks and numbers of workers, over several files at once', async () => {
    const ground = openGround()
    const chance = chanceOf(20_261_121)
    for (let round = 0; round < 5; round++) {
      const texts = [0, 1, 2].map(() => makeText(chance, chance.between(1, 3 * cellBytes)))
      const paths = texts.map((text, index) => ground.file(`${round}-${index}.txt`, text))
      const layout: Layout = { workers: chance.between(2, 6), split: chance.between(1, cellBytes) }
      const outcome = await runLayout(ground, ['word-count', ...paths], layout)
      const counted = wordCounts(Buffer.concat(texts.flatMap((text) => [text, Buffer.from('\n')])))
      const whole = wordCountOracle(Buffer.concat(texts), counted)
      expect(outcome.document.result).toEqual(whole.result)
      expectSameBytes(outcome.artifact, whole.csv, JSON.stringify(layout))
      await expectParallel(ground, outcome, 'count', texts.length)
    }
  })
})
