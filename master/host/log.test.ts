import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLog } from './log.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-log-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const lines = (name: string) =>
  readFileSync(join(folder, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { msg: string; pid: number })

test('a line is on disk as soon as it is written, for the owner alone', () => {
  const log = openLog({ folder })
  log.logger.info('started')
  expect(lines('host.log')).toMatchObject([{ msg: 'started', pid: process.pid }])
  expect(statSync(join(folder, 'host.log')).mode & 0o777).toBe(0o600)
  log.close()
})

test('a full file is put aside and the oldest goes, without losing a line between', () => {
  const log = openLog({ folder, maxBytes: 300, keep: 2 })
  for (let number = 0; number < 20; number++) log.logger.info(`line ${number}`)
  log.close()
  expect(readdirSync(folder).toSorted()).toEqual(['host.1.log', 'host.2.log', 'host.log'])
  const kept = ['host.2.log', 'host.1.log', 'host.log'].flatMap(lines).map(({ msg }) => msg)
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => `line ${20 - kept.length + index}`))
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(300)
})

test('a log that is opened again goes on in the same file', () => {
  for (const word of ['one', 'two']) {
    const log = openLog({ folder, maxBytes: 1000 })
    log.logger.info(word)
    log.close()
  }
  expect(lines('host.log').map(({ msg }) => msg)).toEqual(['one', 'two'])
  expect(existsSync(join(folder, 'host.1.log'))).toBe(false)
})

test.skipIf(!existsSync('/dev/full'))('a disk that is full ends nobody who logs, nor the host after it', () => {
  symlinkSync('/dev/full', join(folder, 'host.log'))
  const log = openLog({ folder })
  for (let number = 0; number < 100; number++) log.logger.info(`line ${number}`)
  log.close()
  rmSync(join(folder, 'host.log'))
  const again = openLog({ folder })
  again.logger.info('there is room')
  again.close()
  expect(lines('host.log').map(({ msg }) => msg)).toEqual(['there is room'])
})
