import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { currentSurroundings, defaultHome, homePaths, networkTypeOf, prepareHome, type Surroundings } from './home.ts'

const linux: Surroundings = { platform: 'linux', env: {}, homedir: '/home/ann', tmpdir: '/tmp', uid: 1000 }

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'gristmill-home-')))
})
afterEach(() => rmSync(folder, { recursive: true }))

test.each<[string, Surroundings]>([
  ['/home/ann/.local/share/gristmill', linux],
  ['/data/gristmill', { ...linux, env: { XDG_DATA_HOME: '/data' } }],
  ['/home/ann/.local/share/gristmill', { ...linux, env: { XDG_DATA_HOME: 'relative' } }],
  ['/home/ann/Library/Application Support/Gristmill', { ...linux, platform: 'darwin' }],
  ['/home/ann/AppData/Local/Gristmill', { ...linux, platform: 'win32' }],
])('the home is %s', (home, around) => {
  expect(defaultHome(around)).toBe(home)
})

describe('the socket', () => {
  const deep = `/${'long/'.repeat(30)}home`

  test('lies in the home when its path is short', () => {
    expect(homePaths('/home/ann/g', linux).socket).toBe('/home/ann/g/run/host.sock')
  })

  test('has a short name elsewhere when the home is deep, another for each home', () => {
    const at = (home: string) => homePaths(home, { ...linux, env: { XDG_RUNTIME_DIR: '/run/user/1000' } }).socket
    expect(at(deep)).toMatch(/^\/run\/user\/1000\/gristmill\/[0-9a-f]{16}\.sock$/)
    expect(at(deep)).not.toBe(at(`${deep}2`))
    expect(homePaths(deep, linux).socket).toMatch(/^\/tmp\/gristmill-1000\/[0-9a-f]{16}\.sock$/)
  })

  test('never has more than 100 bytes, counted as bytes', () => {
    expect(homePaths(`/${'é'.repeat(45)}`, { ...linux, tmpdir: deep }).socket).toMatch(/^\/tmp\/gristmill-1000\//)
  })

  test('is a pipe on Windows', () => {
    expect(homePaths('C:\\g', { ...linux, platform: 'win32' }).socket).toMatch(/^\\\\\.\\pipe\\gristmill-[0-9a-f]{16}$/)
  })
})

describe('prepareHome', () => {
  test('makes every folder, for the owner alone, also when the home was open to others', async () => {
    mkdirSync(join(folder, 'h'))
    chmodSync(join(folder, 'h'), 0o755)
    const prepared = await prepareHome(join(folder, 'h'))
    if (!prepared.ok) throw new Error(prepared.error.message)
    const paths = prepared.value
    for (const dir of [
      paths.home,
      paths.scratch,
      paths.spool,
      paths.logs,
      paths.backups,
      paths.out,
      dirname(paths.socket),
    ]) {
      expect(statSync(dir).mode & 0o777).toBe(0o700)
    }
  })

  test('gives two names of one folder the same paths', async () => {
    mkdirSync(join(folder, 'real'))
    symlinkSync(join(folder, 'real'), join(folder, 'link'))
    expect(await prepareHome(join(folder, 'link'))).toEqual(await prepareHome(join(folder, 'real')))
  })

  test('refuses a file', async () => {
    writeFileSync(join(folder, 'file'), '')
    const refused = await prepareHome(join(folder, 'file', 'home'))
    expect(refused).toMatchObject({ ok: false, error: { code: 'output-unwritable' } })
  })

  test('refuses a socket folder of someone else', async () => {
    const deep = join(folder, 'd'.repeat(120))
    const around = { ...currentSurroundings(), env: { XDG_RUNTIME_DIR: folder }, uid: (process.getuid?.() ?? 0) + 1 }
    const refused = await prepareHome(deep, around)
    expect(refused).toMatchObject({ ok: false, error: { message: expect.stringContaining('belongs to someone else') } })
  })
})

describe('network file systems', () => {
  const mounts = [
    '22 1 8:1 / / rw - ext4 /dev/sda1 rw',
    '30 22 0:40 / /mnt/far\\040away rw - fuse.sshfs ann@host: rw',
    '31 22 0:41 / /mnt/vault rw - fuse.gocryptfs vault rw',
  ].join('\n')

  test.each<[string, number, string, string | null]>([
    ['nfs', 0x6969, '/x', 'nfs'],
    ['cifs, as a signed number', 0xff534d42 | 0, '/x', 'cifs'],
    ['9p', 0x01021997, '/x', '9p'],
    ['ext4', 0xef53, '/x', null],
    ['sshfs', 0x65735546, '/mnt/far away/home', 'fuse.sshfs'],
    ['an encrypted local folder', 0x65735546, '/mnt/vault', null],
    ['a folder that only begins alike', 0x65735546, '/mnt/far awaynot', null],
  ])('%s', (...[, type, path, expected]) => {
    expect(networkTypeOf(type, path, mounts)).toBe(expected)
  })
})
