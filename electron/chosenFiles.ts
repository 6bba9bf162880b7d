import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import type { ChosenFile } from '../contract/desktop.ts'
import type { ChosenFiles } from '../master/host/host.ts'
import { displayName } from '../master/host/spool.ts'
import type { DroppedFile } from './channels.ts'

/** Turns what the person chose into what the page may hold: a token and a name for each file, never its path. */
export const droppedFilesSchema = z
  .array(z.strictObject({ path: z.string().max(32_768), name: z.string().max(4096) }))
  .max(10_000) satisfies z.ZodType<DroppedFile[]>

export function chooseFiles(files: readonly DroppedFile[], chosen: ChosenFiles): Promise<ChosenFile[]> {
  return Promise.all(files.map((file) => chooseOne(file, chosen)))
}

/** Files named by their paths alone: arguments, a dialog. */
export function droppedFrom(paths: readonly string[]): DroppedFile[] {
  return paths.map((path) => ({ path, name: basename(path) }))
}

async function chooseOne({ path, name: told }: DroppedFile, chosen: ChosenFiles): Promise<ChosenFile> {
  const name = displayName(told)
  if (path === '') return { ok: false, name, message: `${name} lies nowhere on this machine` }
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error)
  if (found instanceof Error) return { ok: false, name, message: `cannot read ${name}: ${found.code ?? found.message}` }
  if (found.isDirectory()) return { ok: false, name, message: `${name} is a folder` }
  if (!found.isFile()) return { ok: false, name, message: `${name} is no file` }
  return { ok: true, token: chosen.add(path), name, bytes: found.size }
}
