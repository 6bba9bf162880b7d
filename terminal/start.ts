import { version } from '../package.json' with { type: 'json' }
import { makeProgram, runProgram, type Context, type Verb } from './commandLine.ts'
import { addCancel } from './commands/cancel.ts'
import { addDashboard } from './commands/dashboard.ts'
import { addDesktop } from './commands/desktop.ts'
import { addDoctor } from './commands/doctor.ts'
import { addInspect } from './commands/inspect.ts'
import { addJobs } from './commands/jobs.ts'
import { addKinds } from './commands/kinds.ts'
import { addLog } from './commands/log.ts'
import { addPause } from './commands/pause.ts'
import { addRejects } from './commands/rejects.ts'
import { addRecipes } from './commands/recipes.ts'
import { addRemove } from './commands/remove.ts'
import { addRerun } from './commands/rerun.ts'
import { addResult } from './commands/result.ts'
import { addResume } from './commands/resume.ts'
import { addRetry } from './commands/retry.ts'
import { addRun } from './commands/run.ts'
import { addServe } from './commands/serve.ts'
import { addShow } from './commands/show.ts'
import { addStorage } from './commands/storage.ts'
import { addTasks } from './commands/tasks.ts'
import { addExport, addImport } from './commands/transfer.ts'
import { addWait } from './commands/wait.ts'
import { makeTerminal, type Places } from './terminal.ts'

/** Every verb, in the order of the help. */
const verbs: readonly Verb[] = [
  addRun,
  addKinds,
  addRecipes,
  addInspect,
  addJobs,
  addShow,
  addResult,
  addTasks,
  addRejects,
  addLog,
  addWait,
  addCancel,
  addPause,
  addResume,
  addRetry,
  addRerun,
  addRemove,
  addServe,
  addStorage,
  addExport,
  addImport,
  addDesktop,
  addDoctor,
  addDashboard,
]

/** A reader that has had enough (`gristmill jobs | head`) is no error. */
function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
}

export async function start(places: Places): Promise<void> {
  endQuietlyOnClosedPipe()
  const context: Context = {
    terminal: makeTerminal(process),
    places,
    version,
    env: process.env,
    end: (exitCode) => {
      process.exitCode = exitCode
    },
    abort: (exitCode) => process.exit(exitCode),
  }
  const program = makeProgram(version)
  for (const add of verbs) add(program, context)
  await runProgram(program, process.argv.slice(2), context)
}
