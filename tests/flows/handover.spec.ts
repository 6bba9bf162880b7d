import { stateOf } from './acts.ts'
import { expect, test } from './flow.ts'
import { ask, hostOf, lastJob, type Shown } from './home.ts'

const total = 600

test('a running job moves from a background host to the dashboard’s, back, and there again: no task is lost or done twice', async ({
  stage,
}) => {
  const detached = ask(stage.home, 'run', 'no-op', '-p', `tasks=${total}`, '-p', 'ms=30', '--detach') as Shown
  await expect.poll(async () => (await hostOf(stage.home))?.mode).toBe('background')
  await grown(stage.home)

  await stage.start()
  expect(await hostOf(stage.home)).toEqual({ pid: stage.pid, mode: stage.mode })
  await grown(stage.home)
  await stage.leave()
  const background = await hostOf(stage.home)
  await grown(stage.home)

  const page = await stage.start()
  expect(await hostOf(stage.home)).toEqual({ pid: stage.pid, mode: stage.mode })
  // It lets go of the home first and ends a moment later.
  const probe = () => process.kill(background?.pid ?? 0, 0)
  await expect(() => expect(probe, 'the background host has gone').toThrow('ESRCH')).toPass({ timeout: 15_000 })
  await page.getByRole('link', { name: /no-op/ }).first().click()
  await expect(stateOf(page, 'succeeded')).toBeVisible({ timeout: 60_000 })

  const { job } = lastJob(stage.home)
  const tasks = ask(stage.home, 'tasks', 'last') as { id: number; state: string; attempt: number }[]
  expect(job.id).toBe(detached.job.id)
  expect(job.tasks).toMatchObject({ total, succeeded: total, failed: 0 })
  expect(new Set(tasks.map(({ id }) => id)).size).toBe(total)
  expect(tasks.filter(({ state }) => state !== 'succeeded')).toEqual([])
  // What three handovers interrupted was begun again, and nothing else.
  expect(job.attempts).toBe(tasks.reduce((sum, { attempt }) => sum + attempt, 0))
  expect(Math.max(...tasks.map(({ attempt }) => attempt))).toBeLessThanOrEqual(4)
})

/** Until more of the job's tasks are done than now. */
async function grown(home: string): Promise<void> {
  const before = lastJob(home).job.tasks.succeeded
  await expect.poll(() => lastJob(home).job.tasks.succeeded).toBeGreaterThan(before)
}
