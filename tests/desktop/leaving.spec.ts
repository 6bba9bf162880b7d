import { startNoOp, stateOf } from '../flows/acts.ts'
import { hostOf, lastJob } from '../flows/home.ts'
import { expect, test } from './desktop.ts'

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
  expect(lastJob(desktop.home)).toMatchObject({
    job: { state: 'succeeded', tasks: { succeeded: 100 }, attempts: 100 },
  })
})

test('a person is asked before the host of an open browser page is ended', async ({ desktop }) => {
  const served = await desktop.serve()
  await desktop.startRefused()
  expect((await hostOf(desktop.home))?.pid).toBe(served)
})
