import { describe, expect, it } from 'vitest'
import { readReply } from './uploads.ts'

describe("the host's answer to an upload", () => {
  it('names the spooled file by a token', () => {
    expect(readReply('a.txt', '{"ok":true,"token":"t1","bytes":3}')).toEqual({
      ok: true,
      value: { type: 'upload', token: 't1' },
    })
  })

  it.each([
    ['{"ok":false,"message":"the disk is nearly full"}', 'a.txt was not taken: the disk is nearly full'],
    ['{"ok":true}', 'a.txt was not taken: the host gave no reason'],
    ['<html>502</html>', 'a.txt was not taken: the host gave no reason'],
    ['null', 'a.txt was not taken: the host gave no reason'],
  ])('is a refusal in words when it is %s', (text, message) => {
    const reply = readReply('a.txt', text)
    expect(reply.ok ? '' : reply.error.message).toBe(message)
  })
})
