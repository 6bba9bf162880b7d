import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openGround, type Ground } from './gristmill.ts'

/** stdin that goes on while its job runs: real pipes, real workers, real kills. */

function startOpen(ground: Ground, words: readonly string[]) {
  const child = spawn(process.execPath, [ground.entry, 'run', ...words, '-', '--quiet', '--home', ground.home], {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: ground.cwd,
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stdin.on('error', () => child.stdin.destroy())
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ended = once(child, 'exit')
  const stderr = child.stderr.setEncoding('utf8').toArray()
  return {
    child,
    give: (text: string) => child.stdin.write(text),
    end: () => child.stdin.end(),
    line: async () => String((await lines.next()).value),
    /** The code, and what was printed that nobody has read. */
    async ended() {
      const rest: string[] = []
      for (let next = await lines.next(); next.done !== true; next = await lines.next()) rest.push(next.value)
      const [code] = (await ended) as [number | null]
      return { code, rest, stderr: (await stderr).join('') }
    },
  }
}

describe('an open job', () => {
  it('answers each item while stdin goes on, with the error of one that failed beside it, then the whole', async () => {
    const ground = openGround()
    const run = startOpen(ground, ['numbers', '-p', 'formula=x * 2'])
    run.give('21\n')
    expect(await run.line()).toBe('21\t42')
    run.give('no\n4')
    expect(await run.line()).toBe('no\terror: not a number')
    run.give('\n')
    expect(await run.line()).toBe('4\t8')
    run.end()
    const { code, rest } = await run.ended()
    expect(code).toBe(3)
    expect(rest.join('\n')).toMatch(/sum\s+50/)
    expect((await ground.show()).result).toMatchObject({ count: 2, sum: 50 })
  })

  it('prints JSON lines, the last one the document', async () => {
    const ground = openGround()
    const run = startOpen(ground, ['primes', '--json-lines'])
    run.give('7\n')
    expect(JSON.parse(await run.line())).toEqual({ item: 1, text: '7', value: true })
    run.give('8\n')
    expect(JSON.parse(await run.line())).toEqual({ item: 2, text: '8', value: false })
    run.end()
    const { code, rest } = await run.ended()
    expect(code).toBe(0)
    expect(JSON.parse(rest[0] ?? '')).toMatchObject({
      job: { state: 'succeeded' },
      result: { primes: [7], checked: 2 },
    })
  })

  it('ends early and says so when whoever gives the items goes away, and what had come is answered', async () => {
    const ground = openGround()
    await ground.serve()
    const run = startOpen(ground, ['no-op'])
    run.give('a\nb\n')
    expect(await run.line()).toBe('a\tnull')
    run.child.kill('SIGKILL')
    await run.ended()
    const waited = await ground.run(['wait', 'last', '--quiet'])
    expect(waited.code).toBe(1)
    const { error, job } = await ground.show()
    expect(error).toMatchObject({ code: 'input-ended-early' })
    expect(job.tasks).toMatchObject({ failed: 0, unfinished: 0 })
  })

  it('of a command that is killed is taken up by the next host, which answers what had come and ends it early', async () => {
    const ground = openGround()
    const run = startOpen(ground, ['no-op', '-p', 'ms=200', '--workers', '1'])
    run.give('a\n')
    expect(await run.line()).toBe('a\tnull')
    run.give('b\nc\nd\n')
    expect(await run.line()).toBe('b\tnull')
    run.child.kill('SIGKILL')
    await run.ended()
    const waited = await ground.run(['wait', 'last', '--quiet'])
    expect(waited.code, waited.stderr).toBe(1)
    const { error, job } = await ground.show()
    expect(error).toMatchObject({ code: 'input-ended-early', message: expect.stringContaining('after 4 items') })
    expect(job.tasks).toMatchObject({ failed: 0, unfinished: 0 })
  })

  it('loses nothing that was acknowledged when its host is killed, and goes on at the next one', async () => {
    const ground = openGround()
    const serving = await ground.serve()
    const run = startOpen(ground, ['numbers', '-p', 'formula=x + 1'])
    run.give('1\n2\n')
    expect([await run.line(), await run.line()]).toEqual(['1\t2', '2\t3'])
    process.kill(serving.pid, 'SIGKILL')
    run.give('3\n')
    expect(await run.line()).toBe('3\t4')
    run.end()
    const { code, stderr } = await run.ended()
    expect(code, stderr).toBe(0)
    expect((await ground.show()).result).toMatchObject({ count: 3, sum: 9 })
  })
})

describe('a job whose tasks wait', () => {
  it('says for what, to whoever asks', async () => {
    const ground = openGround()
    await ground.serve()
    await ground.runJob(['no-op', '-p', 'tasks=2', '-p', 'ms=60000', '--workers', '1', '--detach'])
    await ground.tasksWhen('a running task', (tasks) => tasks.some(({ state }) => state === 'running'))
    await ground.runJob(['no-op', '-p', 'tasks=1', '-p', 'use=exclusive', '--detach'])
    const shown = await ground.run(['show', 'last'])
    expect(shown.stdout).toMatch(/waits for\s+all other tasks to end: wait runs alone/)
  })
})

describe('tasks that wait for others', () => {
  it('wait together in workers of their own, and take none from those that compute', async () => {
    const ground = openGround()
    const { job, result } = await ground.runJob([
      'no-op',
      '-p',
      'tasks=40',
      '-p',
      'ms=500',
      '-p',
      'use=io',
      '--workers',
      '1',
    ])
    expect(result).toEqual({ tasks: 40 })
    // One after the other they would take 20 s.
    expect(job.timing.wallMs).toBeLessThan(10_000)
    const workers = new Set((await ground.tasks()).map(({ worker }) => worker))
    expect([...workers].every((worker) => worker !== null && worker > 64)).toBe(true)
  })
})
