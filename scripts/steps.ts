import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'

/** Runs programs of the tool chain as steps, several at a time, and says one line per step; a failed one's output follows. */
export interface Step {
  name: string
  /** A program of node_modules/.bin, or a script of ours, and its arguments. */
  command: readonly [string, ...string[]]
  env?: Record<string, string>
  /** Makes of a failed program's output what is shown of it; without this all is shown. */
  explain?: (output: string) => string
  /** Killed and failed after this. */
  limitMs?: number
}

export interface StepResult {
  name: string
  ok: boolean
  ms: number
  output: string
}

export const root = resolve(import.meta.dirname, '..')
const usualLimitMs = 10 * 60_000

const running = new Set<number>()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    for (const pid of running) process.kill(-pid, 'SIGKILL')
    process.exit(130)
  })
}

/** In the order given, at most `atOnce` at a time. */
export async function runSteps(steps: readonly Step[], atOnce = availableParallelism()): Promise<StepResult[]> {
  const waiting = [...steps.entries()]
  const results: StepResult[] = []
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, step] = next
      const result = await runStep(step)
      tell(result, step.explain)
      results[index] = result
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, steps.length) }, lane))
  return results
}

export function runStep(step: Step): Promise<StepResult> {
  const startedAt = performance.now()
  const [program, ...args] = step.command
  const path = `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`
  // A group of its own, so that a step that hangs is ended with everything that it started.
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, PATH: path, ...step.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  if (child.pid !== undefined) running.add(child.pid)
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  const limitMs = step.limitMs ?? usualLimitMs
  const timer = setTimeout(() => {
    chunks.push(Buffer.from(`\n${step.name}: ended after ${limitMs / 1000} s without a result\n`))
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }, limitMs)
  return new Promise((done) => {
    const end = (ok: boolean): void => {
      clearTimeout(timer)
      if (child.pid !== undefined) running.delete(child.pid)
      done({ name: step.name, ok, ms: performance.now() - startedAt, output: Buffer.concat(chunks).toString() })
    }
    child.on('error', (error) => {
      chunks.push(Buffer.from(`${error.message}\n`))
      end(false)
    })
    child.on('close', (code) => end(code === 0))
  })
}

export function tell({ name, ok, ms, output }: StepResult, explain?: Step['explain']): void {
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(14)} ${(ms / 1000).toFixed(1).padStart(6)} s`)
  if (!ok) console.log(explain?.(output) ?? output.trimEnd())
}
