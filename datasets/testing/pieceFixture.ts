import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Input, Piece } from '../../contract/dataset.ts'
import type { PieceContext } from '../bytes/read.ts'

/** A file made for a test, read through the context that readers get, which keeps account of what they told it. */
export interface PieceFixture {
  context: PieceContext
  bytes: number
  told: { bytes: number; rows: number; pieces: number[] }
  remove(): void
}

export function pieceFixture(content: Uint8Array): PieceFixture {
  const folder = mkdtempSync(join(tmpdir(), 'gristmill-piece-'))
  const path = join(folder, 'input')
  writeFileSync(path, content)
  const fd = openSync(path, 'r')
  const told: PieceFixture['told'] = { bytes: 0, rows: 0, pieces: [] }
  return {
    bytes: content.length,
    told,
    context: {
      inputs: [inputFor(path, content.length)],
      open: () => fd,
      progress: (bytes, rows) => {
        told.bytes += bytes
        told.rows += rows
      },
      mended: () => null,
      record: () => true,
      endPiece: (rows) => void told.pieces.push(rows),
    },
    remove: () => {
      closeSync(fd)
      rmSync(folder, { recursive: true })
    },
  }
}

function inputFor(path: string, bytes: number): Input {
  const fingerprint = { bytes, modifiedAt: 0, inode: '0', headTail: '' }
  return { path, name: 'input', bytes, format: 'text', cellBytes: 65_536, fingerprint, spooled: false }
}

/** The pieces between the cut points, over the whole file. */
export function piecesBetween(cuts: readonly number[], bytes: number): Piece[] {
  const points = [0, ...cuts.map((cut) => Math.floor(cut * bytes)), bytes].toSorted((one, other) => one - other)
  return points.slice(1).map((to, index) => ({ input: 0, from: points[index] ?? 0, to }))
}
