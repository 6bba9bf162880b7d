import { createHash } from 'node:crypto'
import { access, chmod, constants, lstat, readFile, realpath, statfs } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { refuse, succeed, type CommandResult } from '../../contract/commandError.ts'
import { makeFolder } from './folders.ts'

/** The home folder: where it is, that it can be one, and what lies in it. It is the only place that knows these paths. */

export interface HomePaths {
  /** After realpath, so that two names of one folder have one lock. */
  home: string
  database: string
  scratch: string
  spool: string
  logs: string
  /** What a job found out about where records start, for the next one over the same file. */
  indexes: string
  backups: string
  /** What the person decided about this home. */
  settings: string
  /** Kinds with their params, under names. */
  recipes: string
  lock: string
  /** Where jobs made in the dashboard write. */
  out: string
  /** The master's socket; a pipe on Windows. */
  socket: string
}

export interface Surroundings {
  platform: NodeJS.Platform
  env: NodeJS.ProcessEnv
  homedir: string
  tmpdir: string
  /** Null where there are none (Windows). */
  uid: number | null
}

export function currentSurroundings(): Surroundings {
  const uid = process.getuid?.() ?? null
  return { platform: process.platform, env: process.env, homedir: homedir(), tmpdir: tmpdir(), uid }
}

/** The platform's folder for an application's data. GRISTMILL_HOME and --home are the caller's to look at first. */
export function defaultHome(around: Surroundings = currentSurroundings()): string {
  const { platform, env, homedir: person } = around
  if (platform === 'darwin') return join(person, 'Library', 'Application Support', 'Gristmill')
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(person, 'AppData', 'Local'), 'Gristmill')
  const dataHome = env['XDG_DATA_HOME']
  // The XDG specification tells to ignore a relative one.
  return join(dataHome?.startsWith('/') ? dataHome : join(person, '.local', 'share'), 'gristmill')
}

/** Makes the home and its folders, all of them the owner's alone. A refusal says what to do. */
export async function prepareHome(
  dir: string,
  around: Surroundings = currentSurroundings(),
): Promise<CommandResult<HomePaths>> {
  let home = resolve(dir)
  try {
    makeFolder(home, 0o700)
    home = await realpath(home)
    const network = await networkFileSystem(home, around.platform)
    if (network !== null) return refuseNetwork(home, network)
    await chmod(home, 0o700)
    const paths = homePaths(home, around)
    for (const folder of foldersOfHome) makeFolder(paths[folder], 0o700)
    await requireAccess(paths)
    if (around.platform !== 'win32') await prepareSocketFolder(dirname(paths.socket), around.uid)
    return succeed(paths)
  } catch (error) {
    const { code, message: reason, path } = error as NodeJS.ErrnoException
    if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return refuseUnwritable(home, { code, path })
    return refuse(
      'output-unwritable',
      `cannot use ${home} as home folder: ${reason}`,
      'choose another with --home or GRISTMILL_HOME',
    )
  }
}

const foldersOfHome = ['scratch', 'spool', 'logs', 'backups', 'out', 'indexes'] as const

/** A home that is another person's in part (a command was once run as root) is refused as a whole, before anything in it is begun. */
async function requireAccess(paths: HomePaths): Promise<void> {
  for (const folder of foldersOfHome) await access(paths[folder], constants.R_OK | constants.W_OK | constants.X_OK)
  for (const file of [paths.lock, paths.database, join(paths.logs, 'host.log')])
    await access(file, constants.R_OK | constants.W_OK).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
}

/** Where things lie in a home, whether it exists or not. `home` is its real path. */
export function homePaths(home: string, around: Surroundings = currentSurroundings()): HomePaths {
  return {
    home,
    database: join(home, 'gristmill.db'),
    scratch: join(home, 'scratch'),
    spool: join(home, 'spool'),
    logs: join(home, 'logs'),
    indexes: join(home, 'indexes'),
    backups: join(home, 'backups'),
    settings: join(home, 'settings.json'),
    recipes: join(home, 'recipes.json'),
    lock: join(home, 'lock.db'),
    out: join(home, 'out'),
    socket: socketPath(home, around),
  }
}

/** The kernel takes 107 bytes (103 on macOS), and the final zero. */
const maxSocketBytes = 100

function socketPath(home: string, { platform, env, tmpdir: temporary, uid }: Surroundings): string {
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 16)
  if (platform === 'win32') return `\\\\.\\pipe\\gristmill-${hash}`
  const runtime = env['XDG_RUNTIME_DIR']
  const folders = [
    ...(runtime?.startsWith('/') ? [join(runtime, 'gristmill')] : []),
    join(temporary, `gristmill-${uid}`),
    join('/tmp', `gristmill-${uid}`),
  ]
  const candidates = [join(home, 'run', 'host.sock'), ...folders.map((folder) => join(folder, `${hash}.sock`))]
  return candidates.find((path) => Buffer.byteLength(path) <= maxSocketBytes) ?? candidates.at(-1)!
}

/** The folder's mode is the socket's authentication: it must be ours, no link, and closed to others. */
async function prepareSocketFolder(folder: string, uid: number | null): Promise<void> {
  makeFolder(folder, 0o700)
  const stat = await lstat(folder)
  if (!stat.isDirectory() || (uid !== null && stat.uid !== uid)) throw new Error(`${folder} belongs to someone else`)
  await chmod(folder, 0o700)
}

function refuseUnwritable(home: string, error: { code: string; path: string | undefined }): CommandResult<HomePaths> {
  const what = error.path === undefined || error.path === home ? 'that folder' : error.path
  return refuse(
    'output-unwritable',
    `cannot be the host of ${home}: ${what} cannot be written to (${error.code})`,
    'choose another with --home or GRISTMILL_HOME; what is in this one can be read: gristmill jobs, show, result, tasks, log',
  )
}

function refuseNetwork(home: string, type: string): CommandResult<HomePaths> {
  const message = `cannot use ${home} as home folder: it is on a network file system (${type}), where locks and shared memory do not hold`
  return refuse('not-allowed', message, 'choose a local folder with --home or GRISTMILL_HOME')
}

/** Numbers from Linux's statfs(2). */
const networkTypes = new Map<number, string>([
  [0x6969, 'nfs'],
  [0x517b, 'smb'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x01021997, '9p'],
  [0x00c36400, 'ceph'],
  [0x5346414f, 'afs'],
  [0x6b414653, 'afs'],
  [0x73757245, 'coda'],
  [0x0bd00bd0, 'lustre'],
  [0x47504653, 'gpfs'],
  [0x19830326, 'beegfs'],
])
const fuseType = 0x65735546
const networkFuse =
  /^fuse\.(sshfs|rclone|s3fs|glusterfs|ceph|gcsfuse|davfs|curlftpfs|gvfsd-fuse|juicefs|goofys|blobfuse)/

/**
 * The type of the network file system that holds `path`, or null. Only Linux tells it by number; on macOS and Windows the numbers
 * and names differ between versions, so that nothing is refused there.
 */
async function networkFileSystem(path: string, platform: NodeJS.Platform): Promise<string | null> {
  if (platform !== 'linux') return null
  const { type } = await statfs(path)
  return networkTypeOf(type, path, type === fuseType ? await readFile('/proc/self/mountinfo', 'utf8') : '')
}

/** `mounts` is Linux's /proc/self/mountinfo, looked at for FUSE only, which is local or remote by its sub-type. */
export function networkTypeOf(type: number, path: string, mounts: string): string | null {
  // statfs gives a signed number on some architectures.
  const known = networkTypes.get(type >>> 0)
  if (known !== undefined) return known
  if (type !== fuseType) return null
  const name = mountTypeOf(path, mounts)
  return networkFuse.test(name) ? name : null
}

function mountTypeOf(path: string, mounts: string): string {
  let longest = { point: '', type: '' }
  for (const line of mounts.split('\n')) {
    const [before = '', after = ''] = line.split(' - ')
    // Blanks in a mount point are written as octal.
    const point = (before.split(' ')[4] ?? '').replace(/\\(\d{3})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 8)),
    )
    const holds = point === '/' || path === point || path.startsWith(`${point}/`)
    if (point !== '' && holds && point.length >= longest.point.length)
      longest = { point, type: after.split(' ')[0] ?? '' }
  }
  return longest.type
}
