import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Where a process of the terminal host finds what was built beside its entry; only main.ts computes these. */
export interface Places {
  entry: string
  worker: string
  storeWriter: string
  storeReader: string
  renderer: string
}

/** The two streams of a command: results go to `print`, everything else to `note`. */
export interface Terminal {
  print(text: string): void
  printJson(value: unknown): void
  note(text: string): void
  /** Colour for stdout, where it is a terminal and NO_COLOR does not forbid it. */
  readonly style: (style: Style, text: string) => string
  readonly stderr: NodeJS.WriteStream
}

export function makeTerminal({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>): Terminal {
  return {
    print: (text) => void stdout.write(`${text}\n`),
    printJson: (value) => void stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    style: (style, text) => styleText(style, text, { stream: stdout }),
    stderr,
  }
}
