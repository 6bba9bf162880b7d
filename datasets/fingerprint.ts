import { createHash } from 'node:crypto'
import { type BigIntStats, fstatSync, statSync } from 'node:fs'
import type { Fingerprint, Input } from '../contract/dataset.ts'
import { TaskFailure } from '../contract/run.ts'
import { readAt } from './bytes/read.ts'

/**
 * What tells one version of a file from another. Taken whole when a job is made; whenever the input is opened again, what costs no
 * reading is compared: size, time of the last change, inode.
 */

const sampleBytes = 64 * 1024

/** The part of a fingerprint that the file system knows. */
type Identity = Pick<Fingerprint, 'bytes' | 'modifiedAt' | 'inode'>

function identityOf(stat: BigIntStats): Identity {
  return { bytes: Number(stat.size), modifiedAt: Number(stat.mtimeNs) / 1e6, inode: stat.ino.toString() }
}

export function fingerprintOf(fd: number): Fingerprint {
  const identity = identityOf(fstatSync(fd, { bigint: true }))
  const hash = createHash('sha256')
  const sample = Buffer.allocUnsafe(Math.min(sampleBytes, identity.bytes))
  for (const offset of [0, identity.bytes - sample.length]) hash.update(sample.subarray(0, readAt(fd, sample, offset)))
  return { ...identity, headTail: hash.digest('hex') }
}

/** A database in WAL mode keeps what was written last in a file beside it. Null when there is nothing in that. */
export function logOf(path: string): string | null {
  const stat = statSync(`${path}-wal`, { bigint: true, throwIfNoEntry: false })
  return stat === undefined || stat.size === 0n ? null : `${stat.size} ${stat.mtimeNs} ${stat.ino}`
}

/** A folder is known by itself alone: what is in it comes and goes. */
export function fingerprintOfFolder(path: string): Fingerprint {
  return { ...identityOf(statSync(path, { bigint: true })), headTail: '' }
}

/** Throws `input-changed` when the file is not the one that the job was made for. */
export function assertUnchanged(input: Input, stat: BigIntStats): void {
  const now = identityOf(stat)
  const then = input.fingerprint
  if (input.format === 'folder' && stat.isDirectory() && now.inode === then.inode) return
  const isSame = now.bytes === then.bytes && now.modifiedAt === then.modifiedAt && now.inode === then.inode
  if (isSame && isLogUnchanged(input)) return
  const what = isSame ? 'its write-ahead log has changed' : 'it has changed'
  const how = isSame ? '' : ` (${then.bytes} bytes then, ${now.bytes} now)`
  throw new TaskFailure('input-changed', `cannot read ${input.path}: ${what} since the job was made${how}`)
}

function isLogUnchanged({ path, fingerprint, table }: Input): boolean {
  return table?.format !== 'sqlite' || logOf(path) === (fingerprint.log ?? null)
}
