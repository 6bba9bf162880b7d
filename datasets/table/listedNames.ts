/** Names in a message about one that is not among them: as many as a person reads. Pure. */
const mostListed = 12

export function listedNames(names: readonly string[]): string {
  const shown = names.slice(0, mostListed).join(', ')
  return names.length > mostListed ? `${shown} and ${names.length - mostListed} more` : shown
}
