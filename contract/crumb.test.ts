import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crumbBytes, decodeCrumb, encodeCrumb } from './crumb.ts'

test('what is written is read back, whatever stood there before', () => {
  const whole = fc.nat(Number.MAX_SAFE_INTEGER)
  const place = fc.option(fc.record({ input: whole, piece: whole, record: whole, offset: whole }))
  const crumb = fc.record({ seq: whole, attempt: whole, at: place })
  fc.assert(
    fc.property(fc.array(crumb, { minLength: 1 }), (crumbs) => {
      const bytes = new Uint8Array(crumbBytes)
      for (const each of crumbs) {
        encodeCrumb(new DataView(bytes.buffer), each)
        expect(decodeCrumb(bytes)).toEqual(each)
      }
    }),
  )
})

test('a file that was never written to, was cut short or is another says nothing', () => {
  expect(decodeCrumb(new Uint8Array(crumbBytes))).toBeNull()
  expect(decodeCrumb(new Uint8Array(0))).toBeNull()
  expect(decodeCrumb(Buffer.from('x'.repeat(crumbBytes)))).toBeNull()
})
