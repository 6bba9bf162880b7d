import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { LogTail } from './logTail.ts'

test('the tail is the end of all that was written, whatever the chunks', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ min: 0, max: 127, maxLength: 40 })), (chunks) => {
      const tail = new LogTail(32)
      for (const chunk of chunks) tail.add(chunk)
      expect(tail.text()).toBe(Buffer.concat(chunks).subarray(-32).toString())
    }),
  )
})

test('a character cut at the front is left out', () => {
  const tail = new LogTail(4)
  tail.add(Buffer.from('éab€'))
  expect(tail.text()).toBe('b€')
  tail.add(Buffer.from('x'))
  expect(tail.text()).toBe('€x')
  tail.add(Buffer.from('y'))
  expect(tail.text()).toBe('xy')
})
