/** What an app has made the system do, in order, and what a person will answer: the test's side of the double. */
export const recorded = {
  sandbox: false,
  recentDocuments: [] as string[],
  progress: [] as { value: number; mode: string | null }[],
  notices: [] as { title: string; body: string; shown: boolean }[],
  opened: [] as string[],
  revealed: [] as string[],
  copied: [] as string[],
  errors: [] as string[],
  questions: [] as { message: string; buttons: string[] }[],
  awake: [] as string[],
}
/** In order; a question without an answer throws, a file dialog without one was closed. */
export const answers = { box: [] as number[], open: [] as string[][] }
