import { describe, expect, it } from 'vitest'
import { openSession, tokenOf } from './session.ts'

const token = 'q8Zb4nM0xT-_7yJcQe1vWw'

function page(fragment: string, ok: boolean) {
  const calls: unknown[] = []
  const outcome = openSession({
    fragment,
    clearFragment: () => calls.push('cleared'),
    post: (path, body) => {
      calls.push([path, body])
      return Promise.resolve({ ok })
    },
  })
  return { calls, outcome }
}

describe('a session', () => {
  it('exchanges the token once and takes it out of the address', async () => {
    const { calls, outcome } = page(`#${token}`, true)
    expect(await outcome).toBe('exchanged')
    expect(calls).toEqual([['/api/session', { token }], 'cleared'])
  })

  it('takes a refused token out of the address too', async () => {
    const { calls, outcome } = page(`#${token}`, false)
    expect(await outcome).toBe('refused')
    expect(calls.at(-1)).toBe('cleared')
  })

  it('leaves an address without a token alone', async () => {
    for (const fragment of ['', '#', '#/', '#/jobs/abcdefghijklmnopqrst', '#/?search=a']) {
      const { calls, outcome } = page(fragment, true)
      expect(await outcome).toBe('none')
      expect(calls).toEqual([])
    }
  })

  it('does not take a short word for a token', () => {
    expect(tokenOf('#about')).toBeNull()
  })
})
