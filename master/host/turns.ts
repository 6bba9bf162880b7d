/** Does one thing after the other: whoever makes, retries or removes jobs must find the record as the one before has left it. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>

export function makeTurns(): InTurn {
  let before: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = before.then(work)
    before = mine.catch(() => null)
    return mine
  }
}
