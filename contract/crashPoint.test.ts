import { afterEach, expect, it } from 'vitest'
import { armCrashPoint, armStopPoint, crashPoint } from './crashPoint.ts'

let ended = 0
const end = () => {
  ended += 1
}

afterEach(() => {
  ended = 0
  armCrashPoint('none', end)
  armStopPoint(undefined, end)
})

it('nothing happens at a point that is not armed', () => {
  armCrashPoint(undefined, end)
  crashPoint('plan-made')
  armCrashPoint('job-ended', end)
  crashPoint('plan-made')
  expect(ended).toBe(0)
})

it('the process ends the n-th time that the armed point is passed, and only then', () => {
  armCrashPoint('plan-made:3', end)
  for (let time = 0; time < 5; time++) crashPoint('plan-made')
  expect(ended).toBe(1)
})

it('the process stops whenever a point is passed at which it should', () => {
  armStopPoint('task-begun', end)
  for (let time = 0; time < 5; time++) crashPoint('task-begun')
  crashPoint('plan-made')
  expect(ended).toBe(5)
})
