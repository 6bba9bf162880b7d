import { glob, stat } from 'node:fs/promises'
import { basename, relative, sep } from 'node:path'
import { filesBelow, inNaturalOrder } from '../master/host/folderFiles.ts'
import { artifactWord } from './artifactWord.ts'
import { Refusal } from './exitCodes.ts'

/**
 * The inputs that a person names: a file is itself, a folder the files in it and in the folders below, a pattern the files that match it.
 * What begins with a dot is left out unless the pattern names it so, links to folders are not followed, and files come in the natural
 * order of their names (`2.csv` before `10.csv`).
 */
export interface InputWord {
  /** `-`, `job:ID/NAME` or a path. */
  word: string
  /** Its way below the folder, or below what the pattern begins with, where that is more than its name. */
  name?: string
}

/** As many as a job takes. */
const mostFiles = 100_000

/** `whole`: a folder stays what it is. */
export async function findInputs(words: readonly string[], { whole = false } = {}): Promise<InputWord[]> {
  const found: InputWord[] = []
  for (const word of words) {
    for (const input of await inputsOf(word, whole)) {
      if (found.length === mostFiles)
        throw new Refusal(`cannot take ${word}: with it there are more than ${mostFiles.toLocaleString('en')} files`)
      found.push(input)
    }
  }
  return found
}

/** What cannot be looked at is left to intake, which says why. */
async function inputsOf(word: string, whole: boolean): Promise<InputWord[]> {
  if (word === '-' || artifactWord(word) !== undefined) return [{ word }]
  const there = await stat(word).catch(() => null)
  if (there?.isDirectory() === true && !whole) return await filesIn(word)
  return there === null && isPattern(word) ? await filesLike(word) : [{ word }]
}

/** Whether anything in it stands for other characters: what else no file has is misspelt. */
function isPattern(word: string): boolean {
  return /[*?]|\[.+\]|\{.+\}/s.test(word)
}

async function filesIn(folder: string): Promise<InputWord[]> {
  const files = await filesBelow(folder, mostFiles).catch((error: Error) => {
    throw new Refusal(`cannot read ${folder}: ${error.message}`)
  })
  if (files === null)
    throw new Refusal(`cannot take ${folder}: there are more than ${mostFiles.toLocaleString('en')} files in it`)
  if (files.length === 0) throw new Refusal(`cannot read ${folder}: there is no file in it; name a folder with files`)
  return named(files, folder)
}

async function filesLike(pattern: string): Promise<InputWord[]> {
  const files: string[] = []
  for await (const path of glob(pattern)) {
    if (!isHidden(path, pattern) && (await isFile(path))) files.push(path)
    if (files.length > mostFiles)
      throw new Refusal(`cannot take ${pattern}: more than ${mostFiles.toLocaleString('en')} files match`)
  }
  if (files.length === 0) throw new Refusal(`cannot read ${pattern}: no file matches; check the spelling`)
  return named(files, fixedPart(pattern))
}

/** A pattern that names a dot itself may mean what begins with one. */
function isHidden(path: string, pattern: string): boolean {
  const namesDot = pattern.split(/[\\/]/).some((part) => /^\.[^.]/.test(part))
  return !namesDot && path.split(sep).some((part) => /^\.[^.]/.test(part))
}

/** The folders before the first one that stands for others. */
function fixedPart(pattern: string): string {
  const parts = pattern.split('/')
  const fixed = parts.findIndex(isPattern)
  const folder = parts.slice(0, Math.max(0, fixed)).join('/')
  return folder === '' && pattern.startsWith('/') ? '/' : folder
}

function named(files: readonly string[], folder: string): InputWord[] {
  return inNaturalOrder(files.map((word) => ({ word, way: relative(folder, word).split(sep) }))).map(({ word, way }) =>
    way.length === 1 && way[0] === basename(word) ? { word } : { word, name: way.join('/') },
  )
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true
}
