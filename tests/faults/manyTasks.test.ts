import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { jobDocumentSchema } from '../../contract/job.ts'
import { connectToHost } from '../../master/host/client.ts'
import { homePaths } from '../../master/host/home.ts'
import { jsonOf, openGround } from '../process/gristmill.ts'
import { until } from '../process/processes.ts'
import { injected } from '../harness/faults.ts'

/** What a host may take of memory, at most, however much it has to do. The bound stands in docs/reliability.md. */
const mib = 1024 ** 2
const boundOf = ({ tasks = 0, jobs = 0 }) => 256 * mib + 256 * tasks + 64 * 1024 * jobs

const tasks = Number(process.env['GRISTMILL_MANY_TASKS'] ?? 100_000)
const jobs = Number(process.env['GRISTMILL_MANY_JOBS'] ?? 200)

/** The most that the process has had in memory so far. */
function peakBytes(pid: number): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) * 1024
}

describe('a host', () => {
  it(
    `runs a job of ${tasks} tasks, and takes it up again in its midst, in bounded memory`,
    { timeout: 600_000 },
    async () => {
      const ground = openGround()
      const first = await ground.serve()
      await ground.run(['run', 'no-op', '-p', `tasks=${tasks}`, '--detach', '--quiet'])
      const done = async () => (await ground.show()).job.tasks.succeeded
      injected('a million tasks, or a thousand jobs at once')
      await until('half of the tasks to be done', async () => (await done()) > tasks / 2, 300_000)
      const peaks = [peakBytes(first.pid)]
      first.kill('SIGKILL')
      await ground.untilEmpty()
      const second = await ground.serve()
      await until('every task to be done', async () => (await done()) === tasks, 300_000)
      peaks.push(peakBytes(second.pid))
      expect((await ground.run(['wait', 'last'])).code).toBe(0)
      expect(Math.max(...peaks)).toBeLessThan(boundOf({ tasks }))
    },
  )

  it(
    `runs ${jobs} jobs submitted at once, each to its own result, in bounded memory`,
    { timeout: 600_000 },
    async () => {
      const ground = openGround()
      const host = await ground.serve()
      const reached = await connectToHost(homePaths(ground.home).socket)
      if (!reached.ok) throw new Error(reached.error.message)
      const connection = reached.value
      const submitted = await Promise.all(
        Array.from({ length: jobs }, (_, index) =>
          connection.client.jobs.submit({ kind: 'no-op', params: { tasks: 1 + (index % 7) }, sources: [] }),
        ),
      )
      expect(submitted.filter(({ ok }) => ok)).toHaveLength(jobs)
      connection.close()
      await until(
        'every job to be done',
        async () => (await ground.jobs()).every(({ state }) => state === 'succeeded'),
        300_000,
      )
      expect(peakBytes(host.pid)).toBeLessThan(boundOf({ jobs }))
      const listed = await ground.run(['show', 'last', '--json'])
      expect(jsonOf(jobDocumentSchema, listed)).toMatchObject({ result: { tasks: 1 + ((jobs - 1) % 7) } })
    },
  )
})
