import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { decodeCrumb } from '../../contract/crumb.ts'
import { injected } from '../harness/faults.ts'
import type { Ended, Ground, Running } from '../process/gristmill.ts'
import { stateOf, until } from '../process/processes.ts'
import { lastJob, signalAll } from './moment.ts'

/**
 * Takes a job through its stages step by step: its workers stand still at the beginning of each task (GRISTMILL_STOP_AT), what they are at
 * stands in their breadcrumbs, and whoever looks lets them go on, or kills. The first task of every stage costs its worker its life; the
 * next one costs the host its own, and another host goes on.
 */
const stepping = { GRISTMILL_STOP_AT: 'task-begun' }

export interface Stepped {
  ended: Ended
  /** The stages in which a worker was killed, and those in which the host was. */
  workersKilledIn: Set<string>
  hostsKilledIn: Set<string>
}

export async function killInEveryStage(ground: Ground, args: readonly string[]): Promise<Stepped> {
  const workersKilledIn = new Set<string>()
  const hostsKilledIn = new Set<string>()
  let host = ground.start(['run', ...args, '--json', '--quiet'], { env: stepping })
  for (;;) {
    const stopped = await nextStop(ground, host)
    if (stopped === null) return { ended: await host.ended, workersKilledIn, hostsKilledIn }
    const { pid, stage } = stopped
    if (!workersKilledIn.has(stage)) {
      workersKilledIn.add(stage)
      process.kill(pid, 'SIGKILL')
      injected('a worker is killed')
    } else if (!hostsKilledIn.has(stage)) {
      hostsKilledIn.add(stage)
      host = await replaceHost(ground, host)
    } else {
      process.kill(pid, 'SIGCONT')
    }
  }
}

/** The next worker that stands still, and the stage of the task that it has begun; null when the host has ended. */
async function nextStop(ground: Ground, host: Running): Promise<{ pid: number; stage: string } | null> {
  return await until('a worker that begins a task, or the end of the job', () => {
    if (!host.alive) return null
    for (const pid of ground.workersOf(host.pid)) {
      const stage = stateOf(pid) === 'T' ? stageOf(ground, pid) : undefined
      if (stage !== undefined) return { pid, stage }
    }
    return undefined
  })
}

async function replaceHost(ground: Ground, host: Running): Promise<Running> {
  host.kill('SIGKILL')
  injected('a host is killed')
  expect((await host.ended).signal).toBe('SIGKILL')
  // They end when they notice that their host has gone, which nobody does who stands still: some stop again at a task that they had already.
  await until('the workers of a killed host to end by themselves', () => {
    const left = ground.processes().map(({ pid }) => pid)
    signalAll(
      left.filter((pid) => stateOf(pid) === 'T'),
      'SIGCONT',
    )
    return left.length === 0
  })
  return ground.start(['wait', 'last', '--json', '--quiet'], { env: stepping })
}

/** By the breadcrumb that the worker holds open. */
function stageOf(ground: Ground, pid: number): string | undefined {
  const descriptors = `/proc/${pid}/fd`
  const files = existsSync(descriptors) ? readdirSync(descriptors).map((fd) => readlinkSync(join(descriptors, fd))) : []
  const path = files.find((file) => /\/scratch\/[^/]+\/at\.\d+$/.test(file))
  const crumb = path === undefined ? null : decodeCrumb(readFileSync(path))
  return lastJob(ground).tasks.find(({ id }) => id === crumb?.seq)?.stage
}
