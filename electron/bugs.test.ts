import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { stopOnBugs } from './bugs.ts'

test('a rejection that nobody heard is noted, told and ends the app, once', () => {
  const process = new EventEmitter()
  const done: unknown[] = []
  stopOnBugs({
    process,
    log: (bug) => done.push(bug),
    complain: (line) => done.push(line),
    exit: (code) => done.push(code),
  })
  const bug = new Error('no such window')
  process.emit('unhandledRejection', bug)
  process.emit('unhandledRejection', bug)
  expect(done).toEqual([bug, expect.stringContaining('because of a bug: no such window. Nothing is lost'), 70])
})
