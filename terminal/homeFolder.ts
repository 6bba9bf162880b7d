import { resolve } from 'node:path'
import type { Command } from 'commander'
import { defaultHome, homePaths } from '../master/host/home.ts'
import { homeOption, type Context } from './commandLine.ts'
import { Refusal } from './exitCodes.ts'

/** The home that a command works on: `--home`, else GRISTMILL_HOME, else the platform's. Nothing is made here. */
export function homeFolder(command: Command, { env }: Pick<Context, 'env'>): string {
  const named = homeOption(command) ?? env['GRISTMILL_HOME']
  if (homeOption(command) === '') throw new Refusal('--home needs a folder')
  return named === undefined || named === '' ? defaultHome() : resolve(named)
}

export function ledgerFile(command: Command, context: Pick<Context, 'env'>): string {
  return homePaths(homeFolder(command, context)).database
}
