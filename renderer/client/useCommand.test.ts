import { expect, it } from 'vitest'
import { refuse, succeed } from '../../contract/commandError.ts'
import { settle } from './useCommand.ts'

it('a call that broke off becomes an error that says that nobody knows', async () => {
  const reply = await settle(Promise.reject(new Error('socket closed')))
  expect(reply).toEqual(
    refuse('unavailable', 'The host did not answer: socket closed', 'look at the list of jobs before trying again'),
  )
})

it('an answer passes as it is', async () => {
  expect(await settle(Promise.resolve(succeed(1)))).toEqual({ ok: true, value: 1 })
})
