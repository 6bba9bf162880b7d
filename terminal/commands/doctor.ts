import type { Command } from 'commander'
import { makeVerb, type Verb } from '../commandLine.ts'
import { exitCodes } from '../exitCodes.ts'
import { count, size } from '../figures.ts'
import type { Integrity } from '../../master/store/store.ts'
import type { DatabaseHealth, Health } from '../health.ts'
import { homeFolder } from '../homeFolder.ts'
import { pairs } from '../table.ts'

/** `doctor`: versions, what is present or why not, and what this machine allows. Fails when the database is unwell. */
export const addDoctor: Verb = (program, context) => {
  makeVerb(program, 'doctor', 'versions, the health of the database, what this machine allows')
    .option('--json', 'print JSON')
    .action(async ({ json = false }: { json?: boolean }, command: Command) => {
      const { examine } = await import('../health.ts')
      const { places, version, terminal } = context
      const health = await examine({ home: homeFolder(command, context), entry: places.entry, version })
      if (json) terminal.printJson(health)
      else terminal.print(healthText(health))
      context.end(health.database.state === 'unwell' ? exitCodes.failed : exitCodes.succeeded)
    })
}

function withWhy(text: string, why: string | null): string {
  return why === null ? text : `${text}: ${why}`
}

function hostText({ running, pid, mode, why }: Health['host']): string {
  if (!running) return 'none runs'
  return pid === null ? withWhy('one runs', why) : `process ${pid} (${mode})`
}

function databaseText({ state, jobs, check, why }: DatabaseHealth): string {
  if (jobs === null || check === null) return withWhy(state, why)
  return `${state}, ${count(jobs)} ${jobs === 1 ? 'job' : 'jobs'}, ${checkText(check)}`
}

function checkText({ bytes, unchecked }: Integrity): string {
  if (unchecked.length === 0) return `all ${size(bytes)} checked`
  return `too large (${size(bytes)}) to be checked in time: not looked at ${unchecked.join(', ')}`
}

export function healthText(health: Health): string {
  const { electron, home, disk, memory } = health
  const limit = memory.limitBytes === null ? '' : `, limited to ${size(memory.limitBytes)}`
  return pairs([
    ['gristmill', health.version],
    ['node', health.node],
    ['platform', health.platform],
    ['electron', withWhy(electron.present ? 'present' : 'absent', electron.why)],
    ['home', home.exists ? home.path : `${home.path} (not made yet)`],
    ['host', hostText(health.host)],
    ['database', databaseText(health.database)],
    ['free disk', `${size(disk.freeBytes)} of ${size(disk.totalBytes)}`],
    ['cores', health.cores],
    ['free memory', `${size(memory.freeBytes)} of ${size(memory.totalBytes)}${limit}`],
    ['open files, at most', health.openFiles],
  ])
}
