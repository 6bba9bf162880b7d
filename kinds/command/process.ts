import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, writeSync } from 'node:fs'

/**
 * One program from start to end. It leads a process group of its own, and nothing of that group outlives it: the whole group is ended
 * with the program, when its time is up, and when it is to stop.
 *
 * In the group stands a watcher, a shell that waits for the end of a pipe of which this process holds the other one: however this
 * process ends, the system closes that, and the watcher kills the group. It is forked, and its parent gone, before the shell becomes the
 * program, so that a program meets no child that it has not made. Windows knows no groups: there the program ends with this process by the job object
 * into which Node puts it, and what it has started itself by taskkill.
 */
export interface Started {
  program: string
  words: readonly string[]
  folder: string
  env: NodeJS.ProcessEnv
  /** What it prints goes to this file, the first so many bytes. */
  outputPath: string
  mostOutputBytes: number
  timeoutMs?: number | undefined
  /** Ends it before its time. */
  signal: AbortSignal
}

export interface Ending {
  how: 'ended' | 'timedOut' | 'stopped' | 'notStarted'
  /** Null when a signal ended it, and when it did not start. */
  exitCode: number | null
  signal: string | null
  startedAt: number
  runMs: number
  /** All that it printed, kept or not. */
  printedBytes: number
  outputBytes: number
  /** The end of what it said on stderr, or why it could not be started. */
  stderr: string
}

/** From asking a program to end to ending it. */
const graceMs = 250
/** What has left the group may keep a pipe open for as long as it likes. */
const afterExitMs = 500
const mostStderrBytes = 4096

const watcher = `trap '' HUP INT TERM
( ( exec </dev/null >/dev/null 2>&1; read -r gone <&3; kill -KILL 0 ) & )
trap - HUP INT TERM
exec 3<&-
exec "$@"`

const isWindows = process.platform === 'win32'

/** Throws when its output cannot be kept. */
export async function runProgram(started: Started): Promise<Ending> {
  const output = new Output(started.outputPath, started.mostOutputBytes)
  const startedAt = Date.now()
  const beganAt = performance.now()
  try {
    const said = await outcomeOf(started, output)
    if (output.trouble !== null) throw output.trouble
    const { printedBytes, keptBytes: outputBytes } = output
    return { ...said, startedAt, runMs: performance.now() - beganAt, printedBytes, outputBytes }
  } finally {
    output.close()
  }
}

async function outcomeOf(started: Started, output: Output): Promise<Said> {
  try {
    return await new Program(started, output).ended()
  } catch (error) {
    // Some refusals of the system are thrown, such as that the words are too long.
    if (!(error instanceof Error && 'syscall' in error)) throw error
    return notStarted(error)
  }
}

function notStarted({ message }: Error): Said {
  return { how: 'notStarted', exitCode: null, signal: null, stderr: message }
}

type Said = Pick<Ending, 'how' | 'exitCode' | 'signal' | 'stderr'>

class Program {
  readonly #child: ChildProcess
  readonly #tail = new Tail(mostStderrBytes)
  readonly #started: Started
  readonly #timers = new Set<NodeJS.Timeout>()
  #how: Ending['how'] = 'ended'
  /** Its group was ended after it: the number may be another's by now. */
  #isOver = false

  constructor(started: Started, output: Output) {
    this.#started = started
    const { program, words, folder, env } = started
    const [file, args] = isWindows ? [program, words] : ['/bin/sh', ['-c', watcher, 'gristmill', program, ...words]]
    this.#child = spawn(file, [...args], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      detached: !isWindows,
      windowsHide: true,
    })
    this.#child.stdout?.on('data', (bytes: Buffer) => {
      output.add(bytes)
      if (output.trouble !== null) this.#end('stopped')
    })
    this.#child.stderr?.on('data', (bytes: Buffer) => this.#tail.add(bytes))
  }

  async ended(): Promise<Said> {
    const { signal, timeoutMs } = this.#started
    const stop = () => this.#end('stopped')
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    if (timeoutMs !== undefined) this.#after(timeoutMs, () => this.#end('timedOut'))
    try {
      return await this.#closed()
    } finally {
      signal.removeEventListener('abort', stop)
      for (const timer of this.#timers) clearTimeout(timer)
    }
  }

  #closed(): Promise<Said> {
    const child = this.#child
    return new Promise((resolve) => {
      const done = (exitCode: number | null, signal: string | null) =>
        resolve({ how: this.#how, exitCode, signal, stderr: this.#tail.text() })
      child.once('error', (error) => {
        // With a pid it is about a signal that came too late.
        if (child.pid === undefined) resolve(notStarted(error))
      })
      child.once('exit', (code, signal) => {
        this.#kill('SIGKILL')
        this.#isOver = true
        this.#after(afterExitMs, () => {
          for (const pipe of [child.stdout, child.stderr]) pipe?.destroy()
          done(code, signal)
        })
      })
      child.once('close', done)
    })
  }

  #end(how: 'timedOut' | 'stopped'): void {
    if (this.#how !== 'ended' || this.#isOver) return
    this.#how = how
    this.#kill('SIGTERM')
    this.#after(graceMs, () => this.#kill('SIGKILL'))
  }

  /** The whole group; the watcher leaves it last, so that its number is nobody else's until then. */
  #kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    const { pid } = this.#child
    if (pid === undefined || this.#isOver) return
    if (isWindows) spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true })
    else killGroup(pid, signal)
  }

  #after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, ms)
    this.#timers.add(timer)
  }
}

function killGroup(group: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-group, signal)
  } catch (error) {
    // A program may have ended its group itself, and some systems say EPERM of a group that is all but gone.
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}

/** The first bytes of what a program prints, in a file. */
class Output {
  readonly #fd: number
  readonly #most: number
  printedBytes = 0
  keptBytes = 0
  /** Why it cannot be kept. */
  trouble: Error | null = null

  constructor(path: string, most: number) {
    this.#fd = openSync(path, 'w')
    this.#most = most
  }

  add(bytes: Buffer): void {
    this.printedBytes += bytes.length
    if (this.trouble === null) this.#keep(bytes.subarray(0, this.#most - this.keptBytes))
  }

  /** Nobody could catch what is thrown here. */
  #keep(bytes: Buffer): void {
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.#fd, bytes, done)
      this.keptBytes += bytes.length
    } catch (error) {
      this.trouble = error instanceof Error ? error : new Error(String(error))
    }
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** The last bytes of what is said. */
class Tail {
  readonly #most: number
  #bytes = Buffer.alloc(0)

  constructor(most: number) {
    this.#most = most
  }

  add(bytes: Buffer): void {
    const all = Buffer.concat([this.#bytes, bytes])
    this.#bytes = Buffer.from(all.subarray(Math.max(0, all.length - this.#most)))
  }

  text(): string {
    return this.#bytes.toString('utf8').replace(/^\uFFFD+/, '')
  }
}
