import { expect, test } from 'vitest'
import type { RunningTask } from '../../contract/workerMessages.ts'
import { Lanes } from './lanes.ts'

const limitMs = 100
const look = (lanes: Lanes, now: number) => {
  const { stuck, deaf } = lanes.look(now, () => limitMs)
  return { stuck: stuck.map(({ seq }) => seq), deaf: deaf !== null }
}
const at = (seq: number, rows: number): RunningTask => ({ job: 1, seq, attempt: 1, bytes: 0, rows })

test('a task that gets nowhere is told to stop once, and those beside it that get on are not', () => {
  const lanes = new Lanes()
  lanes.heard([at(1, 0), at(2, 0)], 0)
  lanes.heard([at(1, 0), at(2, 5)], 60)
  expect(look(lanes, 100)).toEqual({ stuck: [], deaf: false })
  expect(look(lanes, 101)).toEqual({ stuck: [1], deaf: false })
  expect(look(lanes, 120)).toEqual({ stuck: [], deaf: false })
  expect(look(lanes, 161)).toEqual({ stuck: [2], deaf: false })
})

test('a worker that does not stop it has had its time, one that did has not', () => {
  const lanes = new Lanes()
  lanes.heard([at(1, 0), at(2, 0)], 0)
  expect(look(lanes, 200).stuck).toEqual([1, 2])
  lanes.heard([at(2, 0)], 300)
  expect(look(lanes, 5200).deaf).toBe(false)
  expect(look(lanes, 5201).deaf).toBe(true)
  lanes.heard([], 5300)
  expect(look(lanes, 9000)).toEqual({ stuck: [], deaf: false })
})

test('another attempt has its own time, and a pardon gives all of them anew', () => {
  const lanes = new Lanes()
  lanes.heard([at(1, 0)], 0)
  lanes.heard([{ ...at(1, 0), attempt: 2 }], 90)
  expect(look(lanes, 150).stuck).toEqual([])
  lanes.pardon(180)
  expect(look(lanes, 280).stuck).toEqual([])
  expect(look(lanes, 281).stuck).toEqual([1])
})
