import { expect, it } from 'vitest'
import { runStep } from './steps.ts'

const node = (code: string): [string, ...string[]] => ['node', '-e', code]

it('a step that exits with 0 is fine and keeps what it printed', async () => {
  const result = await runStep({ name: 'talk', command: node('console.log("out"); console.error("err")') })
  expect(result.ok).toBe(true)
  expect(result.output.split('\n').sort()).toEqual(['', 'err', 'out'])
})

it('a step that exits with another code, or by a signal, failed', async () => {
  expect((await runStep({ name: 'three', command: node('process.exit(3)') })).ok).toBe(false)
  expect((await runStep({ name: 'killed', command: node('process.kill(process.pid, "SIGKILL")') })).ok).toBe(false)
})

it('a program that is not there fails the step by its name', async () => {
  const result = await runStep({ name: 'gone', command: ['no-such-program'] })
  expect(result.ok).toBe(false)
  expect(result.output).toContain('no-such-program')
})

it('a step that hangs is ended with what it started', async () => {
  // The grandchild holds the step's output open for ever: only its end lets the step end.
  const hang = node('require("node:child_process").spawn("sleep", ["infinity"], { stdio: "inherit" })')
  const result = await runStep({ name: 'hang', command: hang, limitMs: 500 })
  expect(result.ok).toBe(false)
  expect(result.output).toContain('hang: ended after 0.5 s without a result')
})
