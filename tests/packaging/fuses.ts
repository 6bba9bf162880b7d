/**
 * Electron's fuses, as its documentation lays them out: a sentinel in the program, a version, a length, then one byte for each fuse.
 * The names are in the order of version 1.
 */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const version = 1

const names = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
  'wasmTrapHandlers',
] as const

export type Fuses = Record<(typeof names)[number], boolean>

/** As an unpackaged Electron 45 has them; each one that the app wants otherwise is flipped by packing. */
export const unpackagedFuses: Fuses = {
  runAsNode: true,
  enableCookieEncryption: false,
  enableNodeOptionsEnvironmentVariable: true,
  enableNodeCliInspectArguments: true,
  enableEmbeddedAsarIntegrityValidation: false,
  onlyLoadAppFromAsar: false,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: true,
  wasmTrapHandlers: true,
}

export function writeFuses(fuses: Fuses): Buffer {
  const wire = names.map((name) => (fuses[name] ? '1' : '0')).join('')
  return Buffer.concat([Buffer.from(sentinel), Buffer.from([version, names.length]), Buffer.from(wire)])
}

export function readFuses(program: Buffer): Fuses {
  const at = program.indexOf(sentinel) + sentinel.length
  if (at < sentinel.length || program.lastIndexOf(sentinel) !== at - sentinel.length)
    throw new Error('the program does not hold the sentinel of its fuses exactly once')
  const [foundVersion, length] = [program[at], program[at + 1]]
  if (foundVersion !== version || length !== names.length)
    throw new Error(`unknown fuses: version ${foundVersion}, ${length} of them`)
  const wire = program.toString('latin1', at + 2, at + 2 + names.length)
  if (!/^[01]+$/.test(wire)) throw new Error(`a fuse is neither on nor off: ${wire}`)
  return Object.fromEntries(names.map((name, index) => [name, wire[index] === '1'])) as Fuses
}
