import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'
import type { Caller } from './host.ts'
import { Intake } from './intake.ts'

const form = { version: 1, title: 'A kind', summary: 'For this test.', params: z.strictObject({}), result: z.null() }
const kinds = [
  defineKind({ ...form, id: 'plain' }),
  defineKind({ ...form, id: 'as-the-person', effects: 'outside', trust: 'person' }),
]

const intake = new Intake({
  kinds,
  out: '/out',
  spool: '/spool',
  roots: [],
  versions: {},
  inspect: () => {
    throw new Error('no input is looked at')
  },
  named: () => undefined,
  artifacts: () => {
    throw new Error('no earlier job is asked for')
  },
  isPromised: () => false,
  now: () => 1000,
})

async function codeFor(kind: string, trust: Caller['trust']): Promise<string> {
  const accepted = await intake.accept({ kind, params: {}, sources: [] }, { trust })
  return accepted.ok ? 'accepted' : accepted.error.code
}

test('a kind that may do whatever the person may is taken from the person only', async () => {
  expect(await codeFor('as-the-person', 'page')).toBe('not-allowed')
  expect(await codeFor('as-the-person', 'person')).toBe('accepted')
  expect(await codeFor('plain', 'page')).toBe('accepted')
})

test('a page is told in one line what to do instead, whatever else it asks for', async () => {
  const request = { kind: 'as-the-person', params: { strange: 1 }, sources: [] }
  const refused = await intake.accept(request, { trust: 'page' })
  expect(refused).toMatchObject({
    ok: false,
    error: {
      message: 'cannot run as-the-person from a page: its jobs may do whatever you may, so only you can start them',
      hint: 'use a terminal: gristmill run as-the-person',
    },
  })
})
