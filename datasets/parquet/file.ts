import { type FileMetaData, type SchemaElement, parquetMetadataAsync } from 'hyparquet'
import { TaskFailure } from '../../contract/run.ts'
import { readAt } from '../bytes/read.ts'

/** A Parquet file by its descriptor: its footer, and values as the exact texts that they stand for. */
export interface ParquetFile {
  byteLength: number
  slice(start: number, end?: number): ArrayBuffer
}

export function parquetFile(fd: number, bytes: number): ParquetFile {
  return {
    byteLength: bytes,
    slice(start, end = bytes) {
      const part = new Uint8Array(Math.max(0, end - start))
      readAt(fd, part, start)
      return part.buffer
    },
  }
}

/** Refused in a line when it cannot be read. */
export async function parquetFooter(file: ParquetFile, path: string): Promise<FileMetaData> {
  try {
    return await parquetMetadataAsync(file, { geoparquet: false })
  } catch (error) {
    throw new TaskFailure('refused-input', `cannot read ${path} as Parquet: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** The same footer, without what would make numbers of decimals: they come as the integers that they are. */
export function withExactDecimals(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map((element) => {
    if (decimalScale(element) === null) return element
    const { converted_type: _, logical_type: __, ...plain } = element
    return plain
  })
  return { ...metadata, schema }
}

/** Digits behind the point; null for what is no decimal. Decimals of bytes of any length are left to the library. */
export function decimalScale(element: SchemaElement): number | null {
  const isDecimal = element.converted_type === 'DECIMAL' || element.logical_type?.type === 'DECIMAL'
  return isDecimal && element.type !== 'BYTE_ARRAY' ? (element.scale ?? 0) : null
}

/** Instants and days as text, to the last digit; not as Dates, which have milliseconds. */
export const parsers = {
  timestampFromMilliseconds: (millis: bigint) => timestamp(millis, 3),
  timestampFromMicroseconds: (micros: bigint) => timestamp(micros, 6),
  timestampFromNanoseconds: (nanos: bigint) => timestamp(nanos, 9),
  dateFromDays: (days: number) => dayText(BigInt(days)),
}

const secondsPerDay = 86_400n

function timestamp(units: bigint, digits: number): string {
  const perSecond = 10n ** BigInt(digits)
  const seconds = floorDivide(units, perSecond)
  const fraction = (units - seconds * perSecond).toString().padStart(digits, '0').replace(/0+$/, '')
  const day = floorDivide(seconds, secondsPerDay)
  const time = new Date(Number(seconds - day * secondsPerDay) * 1000).toISOString().slice(11, 19)
  return `${dayText(day)} ${time}${fraction === '' ? '' : `.${fraction}`}`
}

function dayText(day: bigint): string {
  const date = new Date(Number(day) * 86_400_000)
  return Number.isNaN(date.getTime()) ? `day ${day}` : (date.toISOString().split('T', 1)[0] ?? '')
}

function floorDivide(one: bigint, other: bigint): bigint {
  const quotient = one / other
  return one % other < 0n ? quotient - 1n : quotient
}

export function valueText(value: unknown, scale: number | null): string | null {
  if (value === null || value === undefined) return null
  if (scale !== null) return decimalText(unscaled(value), scale)
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    default:
      return JSON.stringify(value, jsonValue)
  }
}

function unscaled(value: unknown): bigint {
  if (value instanceof Uint8Array) {
    let number = 0n
    for (const byte of value) number = (number << 8n) | BigInt(byte)
    return BigInt.asIntN(8 * value.length, number)
  }
  return BigInt(value as number | bigint)
}

function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) return unscaled.toString()
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** Of nested values: integers that no double holds as text, bytes in base 64. */
function jsonValue(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}
