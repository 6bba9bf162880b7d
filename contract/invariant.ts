/** A bug in Gristmill itself. Nobody catches it below the host, which logs it and stops. */
export class Bug extends Error {
  override name = 'Bug'
}

export function invariant(condition: unknown, story: string): asserts condition {
  if (!condition) throw new Bug(story)
}

export function assertNever(value: never, where: string): never {
  throw new Bug(`${where}: unexpected ${JSON.stringify(value)}`)
}
