import type { Bytes } from './event.ts'
import { decimalText } from './decimalText.ts'
import type { PositionType, units } from './kind.ts'
import { countedAt, dayMs } from './positions.ts'

/** How long regions are together, without a rounding: a number where it says all of it, else the digits as text. */
export type Length = number | string

/** Up to here sums of doubles that are integers are exact. */
const mostQuick = 2 ** 52

export class LengthSum {
  readonly #positions: PositionType | undefined
  #quick = 0
  #digits = 0n
  #scale = 0

  constructor(positions: PositionType | undefined) {
    this.#positions = positions
  }

  add(start: Bytes, end: Bytes): void {
    if (this.#positions === 'decimal') {
      this.#addDigits(parsed(decimalText(end)))
      const { digits, scale } = parsed(decimalText(start))
      this.#addDigits({ digits: -digits, scale })
    } else this.#addCounted(countedAt(start), countedAt(end))
  }

  /** Days where positions are days. */
  get total(): Length {
    const digits = this.#digits + BigInt(this.#quick)
    return written({ digits: this.#positions === 'date' ? digits / BigInt(dayMs) : digits, scale: this.#scale })
  }

  #addCounted(start: number, end: number): void {
    const length = end - start
    if (length < mostQuick) this.#quick += length
    else this.#digits += BigInt(end) - BigInt(start)
    if (this.#quick < mostQuick) return
    this.#digits += BigInt(this.#quick)
    this.#quick = 0
  }

  #addDigits({ digits, scale }: Digits): void {
    const common = Math.max(scale, this.#scale)
    this.#digits = scaled(this.#digits, common - this.#scale) + scaled(digits, common - scale)
    this.#scale = common
  }
}

interface Digits {
  digits: bigint
  scale: number
}

function parsed(text: string): Digits {
  const [whole = '', fraction = ''] = text.split('.')
  return { digits: BigInt(whole + fraction), scale: fraction.length }
}

function scaled(digits: bigint, places: number): bigint {
  return places === 0 ? digits : digits * 10n ** BigInt(places)
}

export function addLengths(lengths: readonly Length[]): Length {
  const all = lengths.map((length) => parsed(String(length)))
  const scale = Math.max(0, ...all.map((each) => each.scale))
  return written({ digits: all.reduce((sum, each) => sum + scaled(each.digits, scale - each.scale), 0n), scale })
}

export function unitOf(positions: PositionType | undefined): (typeof units)[number] {
  if (positions === 'date') return 'days'
  return positions === 'timestamp' ? 'milliseconds' : 'positions'
}

/** No length is negative. */
function written({ digits, scale }: Digits): Length {
  const padded = String(digits).padStart(scale + 1, '0')
  const fraction = scale === 0 ? '' : padded.slice(-scale).replace(/0+$/, '')
  const whole = padded.slice(0, padded.length - scale)
  const text = fraction === '' ? whole : `${whole}.${fraction}`
  const value = Number(text)
  return String(value) === text && value <= Number.MAX_SAFE_INTEGER ? value : text
}
