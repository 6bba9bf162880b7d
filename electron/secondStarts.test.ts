import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { secondStarts } from './secondStarts.ts'

function app() {
  const emitter = new EventEmitter()
  const starts = secondStarts(emitter)
  const opened: (readonly string[])[] = []
  return {
    opened,
    listen: () => starts.listen((files) => opened.push(files)),
    second: (told?: unknown) => emitter.emit('second-instance', {}, ['gristmill', '/argv.txt'], '/', told),
    openFile: (path: string) => {
      let prevented = false
      emitter.emit('open-file', { preventDefault: () => (prevented = true) }, path)
      return prevented
    },
  }
}

test('what comes before the window is there is kept for it, in order, and told once', () => {
  const { opened, listen, second, openFile } = app()
  expect(openFile('/finder.csv')).toBe(true)
  second({ files: ['/a.txt', '/b.txt'] })
  expect(opened).toEqual([])
  listen()
  second({ files: ['/c.txt'] })
  expect(opened).toEqual([['/finder.csv'], ['/a.txt', '/b.txt'], ['/c.txt']])
})

test.each([
  [undefined],
  [null],
  ['/x'],
  [{}],
  [{ files: '/x' }],
  [{ files: [1] }],
  [{ files: [''] }],
  [{ files: [], more: 1 }],
])('a start that says %j brings the window forward and opens nothing', (told) => {
  const { opened, listen, second } = app()
  listen()
  second(told)
  expect(opened).toEqual([[]])
})
