import { spawnSync } from 'node:child_process'
import { getPriority } from 'node:os'
import { join, parse } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '../master/fleet/clock.ts'
import { Fleet } from '../master/fleet/fleet.ts'
import { defaultLimits } from '../master/fleet/watchdog.ts'
import { workerHandleContract } from '../master/fleet/workerHandle.contract.ts'
import type { WorkerExit, WorkerHandle } from '../master/fleet/workerHandle.ts'
import { lowerPriority } from '../master/fleet/workerProcess.ts'
import { forkWorker } from './forkWorker.ts'

const entry = join(import.meta.dirname, '../master/fleet/fixtures/obedientWorker.ts')

workerHandleContract('forkWorker', (slot) => forkWorker({ entry, slot, env: process.env }))

const handles: WorkerHandle[] = []
afterEach(async () => {
  const ends = handles.map((handle) => exitOf(handle))
  for (const handle of handles.splice(0)) handle.kill()
  await Promise.all(ends)
})

function begin(options: { entry?: string; env?: NodeJS.ProcessEnv; heapMb?: number }): WorkerHandle {
  const handle = forkWorker({ entry, slot: 2, env: process.env, ...options })
  handles.push(handle)
  return handle
}

function exitOf(handle: WorkerHandle): Promise<WorkerExit> {
  return new Promise((resolve) => handle.onExit(resolve))
}

async function ask(handle: WorkerHandle, act: string): Promise<string> {
  const answer = new Promise<string>((resolve) =>
    handle.onMessage((message) => {
      if (message.type === 'inspected') resolve(message.reply.ok ? '' : message.reply.message)
    }),
  )
  handle.post({ type: 'inspect', request: 1, path: act })
  return answer
}

test('a worker sees only the variables on the list', async () => {
  const handle = begin({ env: { ...process.env, SECRET_TOKEN: 'x', TZ: 'Asia/Tokyo' } })
  expect(await ask(handle, 'env TZ')).toBe('Asia/Tokyo')
  expect(await ask(begin({ env: { ...process.env, SECRET_TOKEN: 'x' } }), 'env SECRET_TOKEN')).toBe('(unset)')
})

test('a worker stands in the root folder and runs below normal priority', async () => {
  const handle = begin({})
  expect(await ask(handle, 'cwd')).toBe(parse(entry).root)
  expect(getPriority(handle.pid ?? 0)).toBeGreaterThan(getPriority(0))
})

test('the priority of a process that has ended cannot be lowered, and the reason is told', () => {
  const { pid } = spawnSync(process.execPath, ['--version'])
  expect(lowerPriority(pid)).toMatch(/ESRCH/)
})

test('an entry that cannot be loaded is an unexpected exit that tells why', async () => {
  const exit = await exitOf(begin({ entry: join(import.meta.dirname, 'missingEntry.js') }))
  expect(exit).toMatchObject({ exitCode: 1, expected: false })
  expect(exit.logTail).toContain('missingEntry.js')
})

test('a fleet of real workers fills the slot of one that is killed, and leaves no process behind', async () => {
  const pids = new Map<number, number>()
  const losses: string[] = []
  let wake: () => void = () => undefined
  const fleet = new Fleet({
    startWorker: (slot) => forkWorker({ entry, slot, env: process.env }),
    size: 2,
    clock: systemClock,
    limits: defaultLimits,
    events: {
      onReady: () => {
        for (const { slot, pid } of fleet.snapshot()) pids.set(slot, pid ?? 0)
        if (fleet.snapshot().filter(({ state }) => state === 'idle').length === 2) wake()
      },
      onLost: (slot, loss) => losses.push(`${slot} ${loss.type}`),
      onOutcomes: () => undefined,
      onHeartbeat: () => undefined,
      onLog: () => undefined,
      onTrouble: (_, line) => losses.push(line),
    },
  })
  const allReady = () => new Promise<void>((resolve) => (wake = resolve))
  const first = allReady()
  fleet.start()
  await first
  const killed = pids.get(1) ?? 0
  const again = allReady()
  process.kill(killed, 'SIGKILL')
  await again
  expect(losses).toEqual(['1 crashed'])
  expect(pids.get(1)).not.toBe(killed)
  expect(await fleet.inspect('echo hello')).toMatchObject({ message: 'hello' })
  await fleet.close(1000)
  expect(losses.slice(1).toSorted()).toEqual(['1 interrupted', '2 interrupted'])
  for (const pid of pids.values()) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/)
})
