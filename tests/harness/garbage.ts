import * as fc from 'fast-check'

/** What a peer may send that is no message of the protocol, or nearly one. */
const envelopeLike = fc.record(
  {
    i: fc.oneof(fc.string(), fc.integer(), fc.constant('1')),
    t: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.string()),
    p: fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          u: fc.oneof(fc.string(), fc.constantFrom('/host/info', '/__proto__/x', '//', '/host/watch', 'http://[')),
          b: fc.jsonValue(),
          h: fc.oneof(
            fc.jsonValue(),
            fc.dictionary(fc.constantFrom('content-type', 'content-disposition'), fc.string()),
          ),
          m: fc.oneof(fc.string(), fc.constant('GET')),
          e: fc.constantFrom('message', 'error', 'done', 'other'),
          d: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    ),
  },
  { requiredKeys: [] },
)
export const garbage = fc.oneof(
  fc.string(),
  fc.json(),
  envelopeLike.map((message) => JSON.stringify(message)),
  fc.uint8Array({ maxLength: 64 }),
)
