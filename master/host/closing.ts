/** Carries out every step, in order, whatever becomes of the ones before; throws what the first that failed has thrown. */
export async function closeInOrder(
  steps: readonly (() => unknown)[],
  onTrouble: (error: unknown) => void,
): Promise<void> {
  const troubles: unknown[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (error) {
      onTrouble(error)
      troubles.push(error)
    }
  }
  if (troubles.length > 0) throw troubles[0]
}
