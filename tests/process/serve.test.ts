import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { homePaths } from '../../master/host/home.ts'
import { takeLock } from '../../master/host/lock.ts'
import { openGround, type Ground } from './gristmill.ts'
import { until } from './processes.ts'

function expectLockFree(ground: Ground): void {
  const lock = takeLock(homePaths(ground.home).lock)
  expect(lock).not.toBeNull()
  lock?.release()
}

describe('serve', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('prints one line, and ends cleanly by %s', async (signal) => {
    const ground = openGround()
    const host = await ground.serve()
    expect(host.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43,}\n$/)
    const socket = homePaths(ground.home).socket
    expect(existsSync(socket)).toBe(true)
    expect(takeLock(homePaths(ground.home).lock)).toBeNull()
    host.kill(signal)
    const ended = await host.ended
    expect(ended).toMatchObject({ code: 0, signal: null })
    expect(ended.stdout.split('\n')).toHaveLength(2)
    expect(ended.stderr).toBe('')
    await ground.untilEmpty()
    expect(existsSync(socket)).toBe(false)
    expectLockFree(ground)
  })

  it('gives the page at its address and nothing to those without the token', async () => {
    const ground = openGround()
    const host = await ground.serve()
    const { origin } = new URL(host.stdout)
    const page = await fetch(origin)
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<div id="root">')
    expect((await fetch(`${origin}/api/artifacts/last/0`)).ok).toBe(false)
  })

  it('finishes what another host left, and is told to end in the middle without losing it', async () => {
    const ground = openGround()
    const run = ground.start(['run', 'no-op', '-p', 'tasks=80', '-p', 'ms=100', '--workers', '2'])
    await ground.tasksWhen('a task that is done', (tasks) => tasks.some((task) => task.state === 'succeeded'))
    run.kill('SIGTERM')
    await run.ended
    const before = (await ground.tasks()).filter((task) => task.state === 'succeeded')
    const host = await ground.serve()
    await ground.tasksWhen(
      'another task that is done',
      (tasks) => tasks.filter((task) => task.state === 'succeeded').length > before.length,
    )
    host.kill('SIGTERM')
    expect((await host.ended).code).toBe(0)
    expectLockFree(ground)
    await ground.serve()
    const ended = await ground.run(['wait', 'last', '--json'])
    expect(ended.code).toBe(0)
    const after = await ground.tasks()
    for (const task of before) expect(after).toContainEqual(task)
  })

  it('a second one on the same home gives another address of the first one, each of them good once', async () => {
    const ground = openGround()
    const host = await ground.serve()
    const second = await ground.run(['serve'])
    expect(second.code).toBe(0)
    expect(second.stderr).toContain(`process ${host.pid} serves`)
    expect(second.stdout).not.toBe(host.stdout)
    const [one, other] = [new URL(host.stdout), new URL(second.stdout)]
    expect(one.origin).toBe(other.origin)
    const enter = async ({ origin, hash }: URL) => {
      const headers = { origin, 'content-type': 'application/json' }
      const body = JSON.stringify({ token: hash.slice(1) })
      return (await fetch(`${origin}/api/session`, { method: 'POST', headers, body })).status
    }
    expect([await enter(one), await enter(other), await enter(one), await enter(other)]).toEqual([200, 200, 401, 401])
    expect(host.alive).toBe(true)
  })

  it('a second one that wants a port of its own is refused by name, and the first one stays', async () => {
    const ground = openGround()
    const host = await ground.serve()
    const second = await ground.run(['serve', '--port', '1'])
    expect(second.code).toBe(2)
    expect(second).toMatchObject({ stdout: '', stderr: expect.stringContaining(String(host.pid)) })
    expect(second.stderr).toMatch(/^gristmill: [^\n]+\n$/)
    expect(host.alive).toBe(true)
  })

  it('takes over from a run, whose job goes on', async () => {
    const ground = openGround()
    const run = ground.start(['run', 'no-op', '-p', 'tasks=80', '-p', 'ms=100', '--workers', '2', '--json'])
    await ground.tasksWhen('a task that is done', (tasks) => tasks.some((task) => task.state === 'succeeded'))
    const host = await ground.serve()
    await until('workers of the new host', () => ground.workersOf(host.pid).length > 0)
    expect(ground.workersOf(run.pid)).toEqual([])
    const ended = await run.ended
    expect(ended.code).toBe(0)
    expect((await ground.show()).job.tasks).toMatchObject({ total: 80, succeeded: 80 })
  })

  it('refuses a port in use and roots that are no folders', async () => {
    const ground = openGround()
    const host = await ground.serve()
    const { port } = new URL(host.stdout)
    const elsewhere = ground.file('other-home', '').replace('other-home', 'elsewhere')
    for (const args of [
      ['--port', port],
      ['--root', 'missing'],
      ['--root', 'other-home'],
    ]) {
      const ended = await ground.run(['serve', '--home', elsewhere, ...args])
      expect(ended).toMatchObject({ code: 2, stdout: '' })
      expect(ended.stderr).toMatch(/^gristmill: [^\n]+\n$/)
    }
  })
})
