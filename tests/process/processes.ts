import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Processes seen from outside, by /proc, and waiting for what they do. Whoever is looked for carries a mark in its environment, which
 * its children inherit and keep when they are orphaned.
 */
export interface LiveProcess {
  pid: number
  parent: number
  /** Its words, parted by blanks. */
  command: string
}

/** The living ones whose environment holds `mark`, which is NAME=VALUE. Zombies have ended: they are not among them. */
export function markedProcesses(mark: string): LiveProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const environment = contentOf(name, 'environ')
      if (!`\0${environment}`.includes(`\0${mark}\0`)) return []
      const command = contentOf(name, 'cmdline').replaceAll('\0', ' ').trim()
      // The name, in brackets, may hold anything; state and parent follow the last bracket.
      const [state, parent] = contentOf(name, 'stat')
        .replace(/^.*\) /s, '')
        .split(' ')
      return state === undefined || state === '' || 'ZX'.includes(state)
        ? []
        : [{ pid: Number(name), parent: Number(parent), command }]
    })
}

/** One letter, as /proc has it: T stands still, after SIGSTOP. Undefined for a process that has gone. */
export function stateOf(pid: number): string | undefined {
  return /\) (\w)/.exec(contentOf(String(pid), 'stat'))?.[1]
}

/** Empty for a process that has gone, or that is not ours to look at. */
function contentOf(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return ''
    throw error
  }
}

const lookEveryMs = 20

/** What `look` gives as soon as that is something; fails by name when that takes too long. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  patienceMs = 40_000,
): Promise<T> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== false) return seen
    if (performance.now() > deadline) throw new Error(`waited ${patienceMs} ms for: ${what}`)
    await pause(lookEveryMs)
  }
}

/**
 * Whether a process has begun to listen for SIGHUP, which Node itself does not. Commands that stay with a job do so in the same breath
 * as for Ctrl-C.
 */
export function catchesHangUp(pid: number): boolean {
  const [, caught] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(contentOf(String(pid), 'status')) ?? []
  return caught !== undefined && (BigInt(`0x${caught}`) & 1n) === 1n
}
