import { expect, test } from 'vitest'
import { exitCodeOf, refusalOf } from './exitCodes.ts'
import { signalExitCode } from './interrupts.ts'

test.each([
  [{ state: 'succeeded', rejects: 0 }, 0],
  [{ state: 'succeeded', rejects: 2 }, 3],
  [{ state: 'failed', rejects: 2 }, 1],
  [{ state: 'cancelled', rejects: 0 }, 130],
  [{ state: 'running', rejects: 0 }, 0],
] as const)('a job that is %o ends the command with %i', (job, exitCode) => {
  expect(exitCodeOf(job)).toBe(exitCode)
})

test('what is refused ends with 2, a host that cannot answer with 1, both in one line', () => {
  const refused = refusalOf({ code: 'input-missing', message: 'cannot read x', hint: 'check the spelling' })
  expect([refused.message, refused.exitCode]).toEqual(['cannot read x; check the spelling', 2])
  expect(refusalOf({ code: 'unavailable', message: 'nobody answers' }).exitCode).toBe(1)
})

test('signals end as shells count them', () => {
  expect([signalExitCode('SIGINT'), signalExitCode('SIGTERM')]).toEqual([130, 143])
})
