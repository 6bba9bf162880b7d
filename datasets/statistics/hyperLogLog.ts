/**
 * How many different values there are, from 4,096 bytes, however many came: HyperLogLog (Flajolet et al., 2007) over 64-bit hashes with
 * the estimator of O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017). The relative standard error is
 * 1.04 / sqrt(4096) = 1.6 %. It comes out the same under any order and grouping.
 */
const bitsOfIndex = 12
const registerCount = 1 << bitsOfIndex
/** A hash has 52 bits beside the index: a register holds 0 to 53. */
const mostRank = 64 - bitsOfIndex
/** 1 / (2 ln 2). */
const alpha = 0.7213475204444817

/** `0` stands for 0. */
const firstCharacter = 48

export const distinctStandardError = 1.04 / Math.sqrt(registerCount)

export class HyperLogLog {
  readonly registers: Uint8Array

  constructor(registers = new Uint8Array(registerCount)) {
    if (registers.length !== registerCount) throw new RangeError(`${registers.length} registers, not ${registerCount}`)
    this.registers = registers
  }

  /** A character for each register, so that a sketch travels as text. */
  static from(text: string): HyperLogLog {
    return new HyperLogLog(Uint8Array.from(text, (character) => character.charCodeAt(0) - firstCharacter))
  }

  text(): string {
    return String.fromCharCode(...this.registers.map((rank) => rank + firstCharacter))
  }

  /** Takes a value by its hash, given as two words of 32 bits. */
  add(high: number, low: number): void {
    const index = high >>> (32 - bitsOfIndex)
    const rest = (high << bitsOfIndex) >>> 0
    const zeros = rest === 0 ? 32 - bitsOfIndex + Math.clz32(low) : Math.clz32(rest)
    const rank = zeros + 1
    if (rank > this.registers[index]!) this.registers[index] = rank
  }

  merge(other: HyperLogLog): void {
    const { registers } = this
    for (let index = 0; index < registerCount; index++) {
      if (other.registers[index]! > registers[index]!) registers[index] = other.registers[index]!
    }
  }

  estimate(): number {
    const counts = new Float64Array(mostRank + 2)
    for (const rank of this.registers) counts[rank] = counts[rank]! + 1
    let sum = registerCount * tau(1 - counts[mostRank + 1]! / registerCount)
    for (let rank = mostRank; rank >= 1; rank--) sum = 0.5 * (sum + counts[rank]!)
    sum += registerCount * sigma(counts[0]! / registerCount)
    return Math.round((alpha * registerCount ** 2) / sum)
  }
}

/** Corrects for registers that nothing has reached. */
function sigma(share: number): number {
  if (share === 1) return Infinity
  let [x, y, sum] = [share, 1, share]
  for (;;) {
    x *= x
    const before = sum
    sum += x * y
    y += y
    if (sum === before) return sum
  }
}

/** Corrects for registers that are full. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0
  let [x, y, sum] = [share, 1, 1 - share]
  for (;;) {
    x = Math.sqrt(x)
    const before = sum
    y *= 0.5
    sum -= (1 - x) ** 2 * y
    if (sum === before) return sum / 3
  }
}
