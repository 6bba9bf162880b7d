import { z } from 'zod'

/**
 * Quantiles of any number of values in bounded memory: the KLL sketch (Z. Karnin, K. Lang, E. Liberty, "Optimal quantile approximation in
 * streams", 2016). Level h holds values that stand for 2^h each; a full level is sorted and every second value moves up. Where the
 * original tosses a coin this takes turns, so that the same values folded the same way always give the same answer. Up to 512 values it
 * is exact; beyond, the rank of an answer is off by less than 1 % of the count (the test measures less than half of that).
 */
const widest = 512
const narrowing = 2 / 3
const narrowest = 8

export const rankError = 0.01

export const quantilesSchema = z.strictObject({
  count: z.int().min(0),
  /** How often each level has been halved: its parity says which half moves next. */
  turns: z.array(z.int()),
  levels: z.array(z.array(z.number())),
})
export type QuantilesState = z.infer<typeof quantilesSchema>

export class Quantiles {
  #count = 0
  #held = 0
  readonly #turns: number[] = [0]
  readonly #levels: number[][] = [[]]
  #mostHeld = widest

  static from({ count, turns, levels }: QuantilesState): Quantiles {
    const read = new Quantiles()
    read.#count = count
    read.#turns.splice(0, 1, ...turns)
    read.#levels.splice(0, 1, ...levels.map((level) => [...level]))
    read.#measure()
    return read
  }

  get count(): number {
    return this.#count
  }

  /** Takes a finite number so many times: level h once for each bit 2^h of that. */
  add(value: number, times = 1): void {
    for (let height = 0, left = times; left > 0; height += 1, left = Math.floor(left / 2)) {
      if (left % 2 === 0) continue
      while (this.#levels.length <= height) this.#grow()
      this.#levels[height]!.push(value)
      this.#held += 1
    }
    this.#count += times
    while (this.#held > this.#mostHeld) this.#compact()
  }

  merge(other: Quantiles): void {
    for (const [height, level] of other.#levels.entries()) {
      while (this.#levels.length <= height) this.#grow()
      for (const value of level) this.#levels[height]!.push(value)
      this.#turns[height] = this.#turns[height]! + other.#turns[height]!
    }
    this.#count += other.#count
    this.#measure()
    while (this.#held > this.#mostHeld) this.#compact()
  }

  state(): QuantilesState {
    return { count: this.#count, turns: [...this.#turns], levels: this.#levels.map((level) => [...level]) }
  }

  /** The values at the shares given (0 the smallest, 1 the largest), between two neighbours on the line between them. Null when empty. */
  at(shares: readonly number[]): (number | null)[] {
    if (this.#count === 0) return shares.map(() => null)
    const ranked = this.#ranked()
    return shares.map((share) => {
      const place = share * (ranked.weight - 1)
      const below = ranked.valueAt(Math.floor(place))
      const above = ranked.valueAt(Math.ceil(place))
      return below === above ? below : below + (above - below) * (place - Math.floor(place))
    })
  }

  /** How many of the values are below each of these. */
  countsBelow(bounds: readonly number[]): number[] {
    const pairs = this.#levels.flatMap((level, height) => level.map((value) => [value, 2 ** height] as const))
    return bounds.map((bound) => pairs.reduce((sum, [value, weight]) => sum + (value < bound ? weight : 0), 0))
  }

  #ranked(): { weight: number; valueAt(rank: number): number } {
    const pairs = this.#levels.flatMap((level, height) => level.map((value) => [value, 2 ** height] as const))
    pairs.sort(([one], [other]) => one - other)
    const ends: number[] = []
    let weight = 0
    for (const [, each] of pairs) ends.push((weight += each))
    return {
      weight,
      valueAt(rank) {
        let [low, high] = [0, ends.length - 1]
        while (low < high) {
          const middle = (low + high) >>> 1
          if (ends[middle]! > rank) high = middle
          else low = middle + 1
        }
        return pairs[low]![0]
      },
    }
  }

  /** Halves the lowest level that is over its width. */
  #compact(): void {
    const height = this.#levels.findIndex((level, at) => level.length >= this.#widthOf(at))
    if (height === this.#levels.length - 1) this.#grow()
    const level = this.#levels[height]!.sort((one, other) => one - other)
    const odd = level.length % 2 === 1 ? level.pop() : undefined
    const turn = this.#turns[height]!++ & 1
    const above = this.#levels[height + 1]!
    for (let at = turn; at < level.length; at += 2) above.push(level[at]!)
    this.#levels[height] = odd === undefined ? [] : [odd]
    this.#measure()
  }

  #grow(): void {
    this.#levels.push([])
    this.#turns.push(0)
    this.#mostHeld = this.#levels.reduce((sum, _, at) => sum + this.#widthOf(at), 0)
  }

  #measure(): void {
    this.#held = this.#levels.reduce((sum, level) => sum + level.length, 0)
    this.#mostHeld = this.#levels.reduce((sum, _, at) => sum + this.#widthOf(at), 0)
  }

  /** The highest level is the widest. */
  #widthOf(height: number): number {
    return Math.max(narrowest, Math.ceil(widest * narrowing ** (this.#levels.length - 1 - height)))
  }
}
