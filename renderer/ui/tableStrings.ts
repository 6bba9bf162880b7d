import { counted, estimated } from './strings.ts'

/** What the dashboard says of tables that were dropped. */
export const tableStrings = {
  preview: (name: string) => `First rows of ${name}`,
  readAs: (name: string) => `How ${name} is read`,
  rows: (count: number) => estimated(count, 'row'),
  columns: (count: number) => counted(count, 'column'),
  moreColumns: (count: number) => `and ${counted(count, 'more column')}`,
  pick: (label: string) => `Columns for ${label}`,
  nothing: '–',
  formats: {
    csv: 'delimited text',
    jsonl: 'JSON lines',
    json: 'JSON array',
    parquet: 'Parquet',
    xlsx: 'workbook',
    sqlite: 'SQLite database',
  },
  compressed: (form: string, by: string) => `${form}, ${by}`,
  types: {
    integer: 'integer',
    decimal: 'decimal',
    boolean: 'yes or no',
    date: 'date',
    timestamp: 'timestamp',
    text: 'text',
    unknown: 'no values',
  },
  part: { sheet: (name: string) => `sheet ${name}`, table: (name: string) => `table ${name}` },
  delimiter: (mark: string) => {
    const names: Record<string, string> = {
      ',': 'commas',
      ';': 'semicolons',
      '\t': 'tabs',
      '|': 'pipes',
      ' ': 'blanks',
    }
    return `${names[mark] ?? mark} between fields`
  },
  quote: (mark: string) => `quotes ${mark}`,
  noQuotes: 'no quotes',
  escape: (mark: string) => `escape ${mark}`,
  header: 'first line names the columns',
  noHeader: 'no header',
  encodings: { 'utf-8': 'UTF-8', 'utf-16le': 'UTF-16 LE', 'utf-16be': 'UTF-16 BE', 'latin-1': 'Latin-1' },
  decimalComma: 'decimal comma',
  thousands: (mark: string) => `thousands ${mark === ' ' ? 'blank' : mark}`,
  dayFirst: 'day first',
  sample: {
    title: 'What it would write',
    label: 'First rows of the output',
    looking: 'Trying it on the first rows…',
    full: (count: number) => `The first ${counted(count, 'row')}.`,
    whole: (count: number) => (count === 0 ? 'No rows.' : `All of it: ${counted(count, 'row')}.`),
    cut: (count: number, read: number) =>
      `${count === 0 ? 'None' : counted(count, 'row')} of the first ${counted(read, 'row')} of the files.`,
    setAside: (count: number, reason: string) =>
      `${counted(count, 'row')} would be set aside so far, the first because ${reason}.`,
    none: (why: string) => `There is nothing to show: ${why}.`,
    end: 'end',
  },
} as const
