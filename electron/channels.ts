import { portMessage } from '../contract/desktop.ts'

/** Every channel between the main process and the preload, and nothing else: the preload is a bundle of its own. */
export const channels = {
  /** Page to main, answered. */
  addFiles: 'gristmill:add-files',
  pickFiles: 'gristmill:pick-files',
  revealArtifact: 'gristmill:reveal-artifact',
  openArtifact: 'gristmill:open-artifact',
  copyCommand: 'gristmill:copy-command',
  info: 'gristmill:info',
  /** Page to main, answered by `port`. */
  connect: 'gristmill:connect',
  /** Main to page. */
  port: portMessage,
  files: 'gristmill:files',
  goTo: 'gristmill:go-to',
} as const

/** A file as the preload knows it: `path` is empty when it lies nowhere (made by a script, taken from a clipboard). */
export interface DroppedFile {
  path: string
  name: string
}
