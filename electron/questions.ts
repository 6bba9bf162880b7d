import { type BrowserWindow, dialog, type MessageBoxOptions } from 'electron'
import type { WantedJob } from '../master/host/host.ts'
import type { Choice } from './leaving.ts'
import type { Predecessor } from './mastership.ts'

/** What the app asks a person in the system's own boxes. */
const choices: readonly Choice[] = ['background', 'finish', 'stay']

export async function askBeforeLeaving(window: BrowserWindow | null, jobs: number): Promise<Choice> {
  const response = await ask(window, {
    type: 'question',
    message: unfinishedText(jobs),
    detail: 'They can go on without a window, and are here again when you open Gristmill.',
    buttons: ['Go on in the background', 'Finish, then quit', 'Cancel'],
    defaultId: 0,
    cancelId: 2,
  })
  return choices[response] ?? 'stay'
}

/** None known is not none: the question is asked because there is work. */
function unfinishedText(jobs: number): string {
  if (jobs === 0) return 'Not every job has ended yet.'
  return jobs === 1 ? 'A job has not ended yet.' : `${jobs} jobs have not ended yet.`
}

export async function askToTakeOver({ mode, pid }: Predecessor): Promise<boolean> {
  const where = mode === 'serve' ? 'in a browser' : 'in another window'
  const response = await ask(null, {
    type: 'question',
    message: `Gristmill is already open ${where}.`,
    detail: `Process ${pid} shows the same jobs. Opening them here ends it; no work is lost.`,
    buttons: ['Open here', 'Leave it'],
    defaultId: 1,
    cancelId: 1,
  })
  return response === 0
}

/** The person sees all of what is to be run; what is pressed by habit runs nothing. */
export async function askBeforeRunning(window: BrowserWindow | null, { title, params }: WantedJob): Promise<boolean> {
  const response = await ask(window, {
    type: 'warning',
    message: `${title}? The job may do whatever you may.`,
    detail: params,
    buttons: ['Run', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
  })
  return response === 0
}

async function ask(window: BrowserWindow | null, options: MessageBoxOptions): Promise<number> {
  const { response } = await (window === null ? dialog.showMessageBox(options) : dialog.showMessageBox(window, options))
  return response
}

export function showTrouble(line: string): void {
  dialog.showErrorBox('Gristmill', line)
}

/** Files of the person's choice; none when the dialog was closed. */
export async function pickFiles(window: BrowserWindow | null): Promise<string[]> {
  const options = { properties: ['openFile' as const, 'multiSelections' as const] }
  const { canceled, filePaths } = await (window === null
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options))
  return canceled ? [] : filePaths
}
