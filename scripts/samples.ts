import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * Writes resources/samples/: small datasets to try Gristmill on. All of it is made here from a few word lists and a fixed seed, so that
 * a test can hold the files to this script and nobody owns a word of them.
 */
export const samplesFolder = resolve(import.meta.dirname, '../resources/samples')

const people = [
  'the miller',
  'a farmer',
  'the baker',
  'Grandmother Wren',
  'the carter',
  'young Élodie',
  'the millwright',
  'a traveller',
]
const things = [
  'the wheel',
  'a sack of rye',
  'the upper stone',
  'the sluice',
  'a barrow of barley',
  'the hopper',
  'the old ledger',
  'the mill-race',
]
const verbs = [
  'watched',
  'mended',
  'weighed',
  "couldn't lift",
  'carried',
  'cleaned',
  'counted',
  'greased',
  'listened to',
  "wouldn't leave",
]
const places = [
  'by the weir',
  'under the eaves',
  'in the loft',
  'beside the Mühlbach',
  'at the crossroads',
  'behind the café',
  'near the ford',
]
const times = [
  'before dawn',
  'at noon',
  'on market day',
  'after the thaw',
  'when the river rose',
  'all through the harvest',
  'once more',
]
const links = ['and', 'while', 'because', 'until', 'although', 'as soon as']
const goods = [
  'rye',
  'barley',
  'spelt',
  'buckwheat',
  'millet',
  'oats',
  'maize',
  'emmer',
  'chestnuts',
  'lentils',
  'mustard seed',
  'linseed',
  'malt',
  'acorns',
  'semolina',
  'bran',
]
const manners = [
  'slowly',
  'carefully',
  'twice over',
  'without a word',
  'with great patience',
  'by lantern light',
  'against all advice',
  'with both hands',
  'humming',
  'half asleep',
  'as her mother had',
  'as nobody else could',
  'for a penny',
  'in the rain',
  'before anyone asked',
]
const ones = [
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
]
const tens = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']
const measures = ['sacks', 'bushels', 'pecks', 'barrows', 'cartloads', 'handfuls']
const sayings = [
  'Slow water grinds fine.',
  "Don't pour faster than the stones can turn.",
  'One wheel, many sacks.',
  "What the left stone drops, the right stone's trough will catch.",
  'Count the sacks twice and the coins once.',
]

export interface Sample {
  name: string
  text: string
}

export const samples: readonly Sample[] = [
  { name: 'words.txt', text: prose(320_000) },
  { name: 'numbers.txt', text: numbers(10_000) },
  { name: 'candidates.txt', text: candidates(2_000) },
]

/** Paragraphs of sentences by a small grammar, at least `bytes` of UTF-8. */
function prose(bytes: number): string {
  const random = randomFrom(1789)
  const paragraphs: string[] = []
  for (let size = 0; size < bytes;) {
    const sentences = Array.from({ length: 3 + Math.floor(random() * 6) }, () => sentence(random))
    const paragraph = sentences.join(random() < 0.3 ? '\n' : ' ')
    paragraphs.push(paragraph)
    size += Buffer.byteLength(paragraph) + 2
  }
  return `${paragraphs.join('\n\n')}\n`
}

function sentence(random: () => number): string {
  if (random() < 0.08) return pick(sayings, random)
  const what = (): string => (random() < 0.4 ? load(random) : pick(things, random))
  const clause = (): string => `${pick(people, random)} ${pick(verbs, random)} ${what()}`
  const parts = [
    clause(),
    random() < 0.5 ? ` ${pick(places, random)}` : '',
    random() < 0.3 ? ` ${pick(manners, random)}` : '',
    random() < 0.4 ? ` ${pick(times, random)}` : '',
  ]
  if (random() < 0.5) parts.push(`, ${pick(links, random)} ${clause()}`)
  const text = parts.join('')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** Such as `forty-two bushels of spelt`. */
function load(random: () => number): string {
  const few = pick(ones, random)
  const many = `${pick(tens, random)}${random() < 0.2 ? '' : `-${pick(ones.slice(0, 8), random)}`}`
  return `${random() < 0.5 ? few : many} ${pick(measures, random)} of ${pick(goods, random)}`
}

/** Integers and decimals from -1,000 to 1,000, one to a line. */
function numbers(count: number): string {
  const random = randomFrom(1848)
  const line = (): string => {
    const number = (random() - 0.5) * 2000
    return random() < 0.5 ? String(Math.round(number)) : number.toFixed(3)
  }
  return `${Array.from({ length: count }, line).join('\n')}\n`
}

/** Odd numbers of up to 15 digits, and a few that are known to be prime. */
function candidates(count: number): string {
  const random = randomFrom(1801)
  const known = ['112272535095293', '112582705942171', '115280095190773', '2305843009213693951', '18446744073709551557']
  const line = (): string => String(2 * Math.floor(random() * 10 ** (2 + Math.floor(random() * 13))) + 1)
  return `${[...known, ...Array.from({ length: count - known.length }, line)].join('\n')}\n`
}

function pick<T>(list: readonly T[], random: () => number): T {
  const item = list[Math.floor(random() * list.length)]
  if (item === undefined) throw new Error('a list to pick from is empty')
  return item
}

/** xorshift32 (Marsaglia, 2003): the same numbers everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

if (import.meta.main) {
  mkdirSync(samplesFolder, { recursive: true })
  for (const { name, text } of samples) writeFileSync(join(samplesFolder, name), text)
}
