import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os'
import { join, resolve } from 'node:path'

/** bench/results/, which git ignores: what was measured, and on what. */
const folder = resolve(import.meta.dirname, '../results')

interface Machine {
  at: string
  node: string
  system: string
  processor: string
  cores: number
  memoryBytes: number
  /** Over the last minute; what others had running before the first measurement. */
  load: number
}

export function machineFacts(): Machine {
  const processor = cpus()[0]?.model.trim() ?? 'unknown'
  const [load = 0] = loadavg()
  const machine = { processor, cores: availableParallelism(), memoryBytes: totalmem(), load }
  return { at: new Date().toISOString(), node: process.version, system: `${type()} ${release()}`, ...machine }
}

export function writeResults(name: string, document: object): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(document, null, 2)}\n`)
}
