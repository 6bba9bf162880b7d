import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './steps.ts'

/**
 * Holds the table of docs/reliability.md to what the tests have brought about, and the other way round: a fault of the table that no
 * test injected is a promise that nobody keeps, one that the table lacks is a promise that nobody made.
 */
export interface FaultRow {
  fault: string
  /** The files that are said to provoke it. */
  tests: string[]
}

/** A line of test-results/faults.jsonl, which tests/harness/faults.ts writes. */
export interface FaultRecord {
  fault: string
  test: string
  /** It could not be brought about where the tests ran. */
  skipped: boolean
}

export function readFaultRows(): FaultRow[] {
  return parseFaultRows(readFileSync(join(root, 'docs/reliability.md'), 'utf8'))
}

export function readFaultRecords(file = join(root, 'test-results/faults.jsonl')): FaultRecord[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as FaultRecord)
}

/** The rows of the first table whose first column is called `fault`. */
export function parseFaultRows(markdown: string): FaultRow[] {
  const lines = markdown.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
  const head = lines.findIndex(([, first]) => first === 'fault')
  if (head === -1) throw new Error('there is no table of faults')
  const rest = lines.slice(head + 2)
  const end = rest.findIndex((cells) => cells.length < 3)
  return rest.slice(0, end === -1 ? rest.length : end).map(([, fault = '', , tests = '']) => ({
    fault,
    tests: [...tests.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  }))
}

/** What is wrong, a line each; nothing when table and tests agree. */
export function compareFaults(rows: readonly FaultRow[], records: readonly FaultRecord[]): string[] {
  const told = new Set(rows.map(({ fault }) => fault))
  const untold = records.filter(({ fault }) => !told.has(fault))
  const lacking = new Set(untold.map(({ fault, test }) => `docs/reliability.md lacks a fault of ${test}: ${fault}`))
  return [...lacking, ...rows.flatMap((row) => compareRow(row, records))]
}

function compareRow({ fault, tests }: FaultRow, records: readonly FaultRecord[]): string[] {
  const of = records.filter((record) => record.fault === fault)
  const files = new Set(of.map(({ test }) => test))
  if (files.size === 0) return [`docs/reliability.md tells of a fault that no test injected: ${fault}`]
  const silent = tests.filter((test) => !files.has(test)).map((test) => `${test} did not inject, as is told: ${fault}`)
  const unnamed = [...files].filter((test) => !tests.includes(test))
  return [...silent, ...unnamed.map((test) => `docs/reliability.md does not name ${test}, which injected: ${fault}`)]
}
