/** What an app made the system do, and what a person will answer: the test's side of the double. */
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

/** Answers to dialogs, in order; a dialog without one throws. */
export const answers = { messageBox: [] as number[], open: [] as string[][] }
