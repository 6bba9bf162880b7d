import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { combineCrc32 } from './crc32.ts'

test('however a text is cut, the checksum of the whole follows from those of its parts', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (parts) => {
      const combined = parts.reduce((sum, part) => combineCrc32(sum, crc32(part), part.length), 0)
      expect(combined).toBe(crc32(Buffer.concat(parts)))
    }),
  )
})

test('parts of many megabytes, too', () => {
  const zeros = Buffer.alloc(40_000_000)
  expect(combineCrc32(crc32('head'), crc32(zeros), zeros.length)).toBe(crc32(zeros, crc32('head')))
})
