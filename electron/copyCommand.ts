import type { Clipboard } from 'electron'
import { succeed, type CommandResult } from '../contract/commandError.ts'
import { commandLine, type CommandWords } from '../contract/commandLine.ts'
import type { ChosenFiles } from '../master/host/host.ts'

/** Copies the line for a terminal: the page may neither know where its files lie nor write to the clipboard by itself. */
export async function copyCommand(
  words: CommandWords,
  chosen: Pick<ChosenFiles, 'pathOf'>,
  clipboard: Pick<Clipboard, 'writeText'>,
): Promise<CommandResult<null>> {
  await clipboard.writeText(commandLine(words, (token) => chosen.pathOf(token)))
  return succeed(null)
}
