import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Ending, runProgram, type Started } from './process.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-process-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function runShell(text: string, more: Partial<Started> = {}): Promise<Ending & { output: string }> {
  const outputPath = join(folder, 'output')
  const ending = await runProgram({
    program: '/bin/sh',
    words: ['-c', text],
    folder,
    env: process.env,
    outputPath,
    mostOutputBytes: 1000,
    signal: new AbortController().signal,
    ...more,
  })
  return { ...ending, output: readFileSync(outputPath, 'utf8') }
}

/** Whether anything is left of a process group. */
function isThere(group: number): boolean {
  try {
    return process.kill(-group, 0)
  } catch (error) {
    expect(error).toMatchObject({ code: 'ESRCH' })
    return false
  }
}

/** The system collects what was killed in its own time. */
async function untilGone(group: number): Promise<void> {
  expect(group).toBeGreaterThan(1)
  await expect.poll(() => isThere(group), { timeout: 20_000 }).toBe(false)
}

describe.runIf(process.platform !== 'win32')('a program', { timeout: 30_000 }, () => {
  test('tells its exit code, its signal, and the end of what it said', async () => {
    expect(await runShell('echo out; echo err >&2; exit 3')).toMatchObject({
      how: 'ended',
      exitCode: 3,
      signal: null,
      output: 'out\n',
      stderr: 'err\n',
    })
    expect(await runShell('kill -USR1 $$')).toMatchObject({ how: 'ended', exitCode: null, signal: 'SIGUSR1' })
    const { stderr } = await runShell('yes é | head -c 9999 >&2; printf end >&2')
    expect(stderr).toMatch(/^\n?é\né[\s\S]*end$/)
    expect(Buffer.byteLength(stderr)).toBeLessThanOrEqual(4096)
  })

  test('is the same process as the one that was started, and meets no child that it has not made', async () => {
    const { output } = await runShell('echo $$; ps -o pgid= -p $$; wait; echo waited')
    const [pid, group, waited] = output.split('\n').map((line) => line.trim())
    expect([pid, waited]).toEqual([group, 'waited'])
  })

  test('leaves nothing of its group behind, and keeps nobody waiting for what it left', async () => {
    const { output, runMs } = await runShell('sleep 1000 & echo $$')
    expect(runMs).toBeLessThan(20_000)
    await untilGone(Number(output))
  })

  test('that will not end when it is asked to is ended', async () => {
    const ending = await runShell("trap '' TERM; echo $$; while :; do sleep 1; done", { timeoutMs: 500 })
    expect(ending).toMatchObject({ how: 'timedOut', exitCode: null, signal: 'SIGKILL' })
    await untilGone(Number(ending.output))
  })

  test('is not waited for when its task has been stopped already', async () => {
    const ending = await runShell('sleep 1000', { signal: AbortSignal.abort() })
    expect(ending.how).toBe('stopped')
  })

  test('that the system refuses to start has failed, with the reason', async () => {
    const ending = await runShell('true', { words: ['-c', 'true', 'x'.repeat(10_000_000)] })
    expect(ending).toMatchObject({ how: 'notStarted', exitCode: null, stderr: expect.stringContaining('E2BIG') })
  })
})
