import { expect, test } from 'vitest'
import { Leaving, type Choice } from './leaving.ts'

function scene(options: { busy?: boolean; choices?: Choice[]; handsOver?: boolean; closes?: boolean } = {}) {
  const story: string[] = []
  const state = { busy: options.busy ?? true }
  const choices = [...(options.choices ?? [])]
  let becomeIdle: () => void = () => undefined
  const leaving = new Leaving({
    isBusy: () => state.busy,
    ask: async () => {
      story.push('asked')
      return choices.shift() ?? 'stay'
    },
    handOver: async () => {
      story.push('handed over')
      return options.handsOver ?? true
    },
    close: async () => {
      if (options.closes === false) throw new Error('the disk is gone')
      story.push('closed')
    },
    untilIdle: (signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve())
        becomeIdle = resolve
      }),
    onGone: () => story.push('gone'),
    onBroken: (error) => story.push(`broken: ${String(error)}`),
  })
  return { leaving, story, state, becomeIdle: () => becomeIdle() }
}

test('an app without running jobs ends without a question', async () => {
  const { leaving, story } = scene({ busy: false })
  await leaving.request()
  expect(story).toEqual(['closed', 'gone'])
  expect(leaving.isGone).toBe(true)
})

test('while the question stands it is not asked again', async () => {
  const { leaving, story } = scene({ choices: ['stay'] })
  await Promise.all([leaving.request(), leaving.request()])
  expect(story).toEqual(['asked'])
  expect(leaving.isGone).toBe(false)
})

test('jobs go on in the background, and the app ends', async () => {
  const { leaving, story } = scene({ choices: ['background'] })
  await leaving.request()
  expect(story).toEqual(['asked', 'handed over', 'gone'])
})

test('when nobody takes over, the app stays and can be asked to quit again', async () => {
  const { leaving, story } = scene({ choices: ['background', 'stay'], handsOver: false })
  await leaving.request()
  await leaving.request()
  expect(story).toEqual(['asked', 'handed over', 'asked'])
})

test('finish then quit ends when the last job is over', async () => {
  const { leaving, story, becomeIdle } = scene({ choices: ['finish'] })
  const left = leaving.request()
  await Promise.resolve()
  expect(story).toEqual(['asked'])
  becomeIdle()
  await left
  expect(story).toEqual(['asked', 'closed', 'gone'])
})

test('someone who waits for jobs to finish may think better of it', async () => {
  const { leaving, story, becomeIdle } = scene({ choices: ['finish', 'stay'] })
  const first = leaving.request()
  await Promise.resolve()
  await leaving.request()
  becomeIdle()
  await first
  expect(story).toEqual(['asked', 'asked'])
})

test('when the system ends nobody is asked', async () => {
  const { leaving, story } = scene()
  await leaving.leaveNow()
  await leaving.leaveNow()
  expect(story).toEqual(['closed', 'gone'])
})

test('a host that cannot be closed does not keep the app open without a word', async () => {
  for (const way of ['request', 'leaveNow'] as const) {
    const { leaving, story } = scene({ busy: false, closes: false })
    await leaving[way]()
    expect(story).toEqual(['broken: Error: the disk is gone'])
  }
})
