import { closeSync, constants, openSync, realpathSync, statSync, type Stats } from 'node:fs'
import { basename } from 'node:path'
import type { Fingerprint, Inspection } from '../contract/dataset.ts'
import { TaskFailure } from '../contract/run.ts'
import type { InspectOptions, InspectReply } from '../contract/workerMessages.ts'
import { cellBytesFor } from './bytes/grid.ts'
import { readAt } from './bytes/read.ts'
import { fingerprintOf, fingerprintOfFolder, logOf } from './fingerprint.ts'
import { encodingOf, isBinary } from './sniff/encoding.ts'
import { estimateLines, lineEndingOf, previewOf } from './sniff/lines.ts'
import { type InspectedTable, inspectTable } from './table/inspectTable.ts'

/**
 * What a dataset is, told from three samples of it, so that it takes as long for a terabyte as for a page. Whatever cannot be a dataset is
 * refused in one line, without waiting: a FIFO or a device is never opened for reading.
 */
const headBytes = 256 * 1024
const laterBytes = 16 * 1024

export async function inspect(path: string, options: InspectOptions = {}): Promise<InspectReply> {
  try {
    const real = realpathSync(path)
    const stat = statSync(real)
    if (stat.isDirectory() && options.folders === true) return { ok: true, inspection: inspectFolder(real) }
    const refusal = notAFile(stat)
    if (refusal !== null) return refuse('input-not-a-file', path, refusal)
    return { ok: true, inspection: await inspectFile(real, { name: basename(path), ...options }) }
  } catch (error) {
    return explained(error, path)
  }
}

async function inspectFile(path: string, asked: InspectOptions & { name: string }): Promise<Inspection> {
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const fingerprint = fingerprintOf(fd)
    const { bytes } = fingerprint
    const head = sample(fd, 0, Math.min(bytes, headBytes))
    const later = [Math.floor(bytes / 2), Math.max(0, bytes - laterBytes)].map((at) =>
      sample(fd, at, Math.min(bytes - at, laterBytes)),
    )
    const cellBytes = asked.cellBytes ?? cellBytesFor(bytes)
    const encoding = encodingOf(head, later)
    const binary = isBinary(encoding, [head, ...later])
    const whole = head.length === bytes
    const log = logOf(path)
    const found = await inspectTable({ fd, path, bytes, cellBytes, head, later }, asked.table ?? {})
    return {
      input: {
        path,
        name: asked.name,
        bytes,
        format: binary ? 'binary' : 'text',
        cellBytes,
        fingerprint: withLog(fingerprint, found, log),
        spooled: false,
        ...found?.input,
      },
      encoding,
      lineEnding: binary ? 'none' : lineEndingOf(head, whole),
      estimatedLines: binary ? null : estimateLines(head, bytes),
      preview: binary ? [] : previewOf(head, whole),
      sample: found?.sample ?? null,
    }
  } finally {
    closeSync(fd)
  }
}

/** The log beside a file means something where the file is a database. */
function withLog(fingerprint: Fingerprint, found: InspectedTable | null, log: string | null): Fingerprint {
  return found?.input.table?.format === 'sqlite' && log !== null ? { ...fingerprint, log } : fingerprint
}

/** What is in it is the kind's to find. */
function inspectFolder(path: string): Inspection {
  const fingerprint = fingerprintOfFolder(path)
  const input = {
    path,
    name: basename(path) || path,
    bytes: 0,
    format: 'folder',
    cellBytes: cellBytesFor(0),
    fingerprint,
    spooled: false,
  } as const
  return { input, encoding: 'unknown', lineEnding: 'none', estimatedLines: null, preview: [], sample: null }
}

function sample(fd: number, offset: number, length: number): Buffer {
  const buffer = Buffer.alloc(length)
  return buffer.subarray(0, readAt(fd, buffer, offset))
}

function notAFile(stat: Stats): string | null {
  if (stat.isFile()) return null
  if (stat.isDirectory()) return 'it is a directory; name the files in it'
  if (stat.isFIFO()) return 'it is a FIFO; give its content on stdin, as -'
  if (stat.isSocket()) return 'it is a socket; give a file'
  return 'it is a device; give a file'
}

type Refusal = Extract<InspectReply, { ok: false }>

function refuse(code: Refusal['code'], path: string, why: string): Refusal {
  return { ok: false, code, message: `cannot read ${path}: ${why}` }
}

function explained(error: unknown, path: string): Refusal {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return refuse('input-missing', path, 'there is no such file; check the spelling')
  if (code === 'EACCES' || code === 'EPERM')
    return refuse('input-unreadable', path, 'permission denied; make it readable for you')
  if (code === 'ELOOP') return refuse('input-unreadable', path, 'its symbolic links lead in a circle')
  if (error instanceof TaskFailure) return { ok: false, code: 'input-wrong-format', message: error.message }
  if (error instanceof Error && typeof code === 'string') return refuse('input-unreadable', path, error.message)
  throw error
}
