import { type RunContext, type ScratchWriter, type Split, defineRun } from '../../contract/run.ts'
import { lineText, readLines } from '../../datasets/lines/read.ts'
import { type Candidate, compareCandidates, isPrimeCandidate, normalCandidate, readCandidate } from './candidate.ts'
import { type PrimesParams, checkResultSchema, kind, rangeResultSchema } from './kind.ts'
import { segmentsOf } from './segments.ts'
import { type PrimeBlock, Sieve, visitPrimes } from './sieve.ts'

/**
 * Checks candidates and sieves segments. Both forms of partial are results already: primes in ascending order with how many were checked,
 * or a count.
 */

type Context = RunContext<PrimesParams>

const mostRawLength = 4096
/** Candidates of a list between two looks whether the task has been told to stop. */
const itemsBetweenLooks = 256

export const run = defineRun(kind, {
  maps: {
    check(split, context) {
      const found = context.inputs.length > 0 ? checkLines(split, context) : checkListed(split, context)
      return { value: { primes: found.primes.sort(compareCandidates), checked: found.checked } }
    },
    sieve(split, context) {
      if (!context.params.list) return { value: { count: sieve(split, context) } }
      const writer = context.scratch('primes')
      const count = sieve(split, context, (block) => writePrimes(writer, block))
      return { value: { count }, files: { primes: writer.finish(count) } }
    },
  },
  item(text) {
    const read = readCandidate(text)
    if ('reason' in read) throw new Error(read.reason)
    return isPrimeCandidate(read.candidate)
  },
  merges: {
    combine(parts) {
      const found = parts.map((part) => checkResultSchema.parse(part.value))
      const primes = found.flatMap((part) => part.primes).sort(compareCandidates)
      return { value: { primes, checked: found.reduce((checked, part) => checked + part.checked, 0) } }
    },
    total(parts) {
      return { value: { count: parts.reduce((sum, part) => sum + rangeResultSchema.parse(part.value).count, 0) } }
    },
  },
})

interface Found {
  primes: Candidate[]
  checked: number
}

function checkLines(split: Split, context: Context): Found {
  const found: Found = { primes: [], checked: 0 }
  for (const piece of split.pieces) {
    readLines(context, piece, (line) => {
      const text = lineText(line)
      const read = readCandidate(text)
      if ('candidate' in read) check(read.candidate, found)
      else
        context.reject({
          input: piece.input,
          record: line.record,
          offset: line.offset,
          reason: read.reason,
          raw: text.slice(0, mostRawLength),
        })
    })
  }
  return found
}

function checkListed({ items }: Split, context: Context): Found {
  const found: Found = { primes: [], checked: 0 }
  const candidates = context.params.candidates ?? []
  for (let from = items.from; from < items.to; from += itemsBetweenLooks) {
    const some = candidates.slice(from, Math.min(items.to, from + itemsBetweenLooks))
    for (const [index, candidate] of some.entries()) {
      const offset = from + index
      const isIn = context.record({ input: 0, record: offset - items.from, offset }, () => String(candidate))
      if (isIn) check(normalCandidate(candidate), found)
    }
    context.progress(0, some.length)
  }
  context.endPiece(items.to - items.from)
  return found
}

function check(candidate: Candidate, found: Found): void {
  found.checked += 1
  if (isPrimeCandidate(candidate)) found.primes.push(candidate)
}

/** The segments of a split are one stretch of numbers; each counts as a row as soon as it is sieved, so that a long stretch is seen to get on. */
function sieve({ items }: Split, context: Context, each?: (block: PrimeBlock) => void): number {
  const { from, to, span } = segmentsOf(context.params)
  const stretch = { from: from + items.from * span, to: Math.min(to, from + items.to * span - 1) }
  let told = 0
  const tell = (segments: number) => {
    context.progress(0, segments - told)
    told = segments
  }
  const count = new Sieve(stretch.to).count(stretch.from, stretch.to, (block) => {
    tell(Math.max(told, Math.floor((block.base - stretch.from) / span)))
    each?.(block)
  })
  tell(items.to - items.from)
  return count
}

function writePrimes(writer: ScratchWriter, block: PrimeBlock): void {
  let text = ''
  visitPrimes(block, (prime) => {
    text += `${prime}\n`
  })
  writer.write(text)
}
