/**
 * from, from + step, … up to `to`, both ends included. The three are taken as the decimals that a person wrote, so that 0…0.3 by 0.1
 * has four terms and each of them is rounded once: the i-th term is the double nearest to from + i·step.
 */
interface Progression {
  count: number
  at: (index: number) => number
}

interface Decimal {
  digits: bigint
  exponent: number
}

/** Powers of ten that are doubles exactly. */
const exactPowers = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))

/** A step of 0, or one that leads away from `to`, has no terms. */
export function progression(bounds: { from: number; to: number; step: number }): Progression {
  const decimals = [toDecimal(bounds.from), toDecimal(bounds.to), toDecimal(bounds.step)] as const
  const exponent = Math.min(...decimals.map((decimal) => decimal.exponent))
  const [from, to, step] = decimals.map((decimal) => scale(decimal, exponent)) as [bigint, bigint, bigint]
  if (step === 0n || (to - from) * step < 0n) return { count: 0, at: () => NaN }
  const count = Number((to - from) / step) + 1
  return { count, at: termAt({ from, to, step, exponent }) }
}

function termAt({ from, to, step, exponent }: { from: bigint; to: bigint; step: bigint; exponent: number }) {
  const power = exactPowers[Math.abs(exponent)]
  if (power === undefined || ![from, to, to - from, step].every(isSafe))
    return (index: number) => Number(`${from + BigInt(index) * step}e${exponent}`)
  // An exact integer and an exact power of ten: one operation, one rounding (Clinger, "How to read floating point numbers", 1990).
  const [first, stride] = [Number(from), Number(step)]
  return exponent < 0
    ? (index: number) => (first + index * stride) / power
    : (index: number) => (first + index * stride) * power
}

function isSafe(value: bigint): boolean {
  return Number.isSafeInteger(Number(value))
}

/** The shortest decimal that reads back as the same double. */
function toDecimal(value: number): Decimal {
  const [mantissa = '0', power = '0'] = String(value).split('e')
  const [whole = '0', fraction = ''] = mantissa.split('.')
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length }
}

function scale({ digits, exponent }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(exponent - to)
}
