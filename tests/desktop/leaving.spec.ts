import { expect, type Shown, startNoOp, stateOf, test } from './desktop.ts'

const background = 0
const finish = 1
const stay = 2

test('closing the window while a job runs asks once; Cancel keeps it open', async ({ desktop }) => {
  const page = await desktop.start()
  await startNoOp(page, { tasks: 5000, ms: 20 })
  await desktop.call('answerBox', stay)
  await desktop.call('close')
  await expect.poll(async () => (await desktop.call('recorded')).questions.length).toBe(1)
  const { questions } = await desktop.call('recorded')
  expect(questions).toEqual([
    { message: 'A job has not ended yet.', buttons: ['Go on in the background', 'Finish, then quit', 'Cancel'] },
  ])
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(stateOf(page, 'cancelled')).toBeVisible()
  await desktop.call('close')
  expect(await desktop.ended()).toBe(0)
})

test('Finish, then quit: the app ends when the job has ended', async ({ desktop }) => {
  const page = await desktop.start()
  await startNoOp(page, { tasks: 100, ms: 40 })
  await desktop.call('answerBox', finish)
  await desktop.call('quit')
  await expect(stateOf(page, 'running')).toBeVisible()
  expect(await desktop.ended()).toBe(0)
  expect(desktop.ask('show', 'last')).toMatchObject({
    job: { state: 'succeeded', tasks: { succeeded: 100 }, attempts: 100 },
  })
})

test('jobs go on in the background and come back to the window; no task is lost or done twice', async ({ desktop }) => {
  const page = await desktop.start()
  await startNoOp(page, { tasks: 600, ms: 30 })
  await desktop.call('answerBox', background)
  await desktop.call('close')
  expect(await desktop.ended()).toBe(0)
  await expect.poll(async () => (await desktop.host())?.mode).toBe('background')
  const host = await desktop.host()
  const before = desktop.ask('show', 'last') as Shown
  expect(before.job.state).toBe('running')
  await expect
    .poll(() => (desktop.ask('show', 'last') as Shown).job.tasks.succeeded)
    .toBeGreaterThan(before.job.tasks.succeeded)

  const again = await desktop.start()
  expect(await desktop.host()).toEqual({ pid: desktop.pid, mode: 'desktop' })
  // It lets go of the home first and ends a moment later.
  const probe = () => process.kill(host?.pid ?? 0, 0)
  await expect(() => expect(probe, 'the background host has gone').toThrow('ESRCH')).toPass({ timeout: 15_000 })
  await again.getByRole('link', { name: /no-op/ }).first().click()
  await expect(stateOf(again, 'succeeded')).toBeVisible({ timeout: 60_000 })

  const { job } = desktop.ask('show', 'last') as Shown
  const tasks = desktop.ask('tasks', 'last') as { id: number; state: string; attempt: number }[]
  expect(job.tasks).toMatchObject({ total: 600, succeeded: 600 })
  expect(new Set(tasks.map(({ id }) => id)).size).toBe(600)
  expect(tasks.filter(({ state }) => state !== 'succeeded')).toEqual([])
  // What two handovers interrupted was begun again, and nothing else.
  expect(job.attempts).toBe(tasks.reduce((sum, { attempt }) => sum + attempt, 0))
  expect(Math.max(...tasks.map(({ attempt }) => attempt))).toBeLessThanOrEqual(3)
})

test('a background host of the terminal makes way for the window, which goes on with its job', async ({ desktop }) => {
  const detached = desktop.ask('run', 'no-op', '-p', 'tasks=300', '-p', 'ms=30', '--detach') as Shown
  await expect.poll(async () => (await desktop.host())?.mode).toBe('background')
  const page = await desktop.start()
  expect((await desktop.host())?.mode).toBe('desktop')
  await page.getByRole('link', { name: /no-op/ }).first().click()
  await expect(stateOf(page, 'succeeded')).toBeVisible({ timeout: 60_000 })
  expect(desktop.ask('show', 'last')).toMatchObject({
    job: { id: detached.job.id, tasks: { total: 300, succeeded: 300, failed: 0 } },
  })
})

test('a person is asked before the host of an open browser page is ended', async ({ desktop }) => {
  const served = await desktop.serve()
  await desktop.startRefused()
  expect((await desktop.host())?.pid).toBe(served)
})
