import { type SaxesTagPlain, SaxesParser } from 'saxes'
import { TaskFailure } from '../../contract/run.ts'
import { type DateForm, builtInDateForm, dateFormOf } from './dates.ts'
import type { Zip } from './zip.ts'

/** What a workbook says beside its sheets (ECMA-376, part 1, section 18): their names, its shared texts, which styles are dates. */
export interface Workbook {
  sheets: { name: string; part: string }[]
  texts: string[]
  /** Of each cell style; null for what is no date. */
  styles: (DateForm | null)[]
  /** Days count from 1904. */
  from1904: boolean
}

const mostTextBytes = 256 * 1024 * 1024

/** What is met in a part of XML: elements without their prefixes. */
export interface XmlVisitor {
  open?(name: string, attributes: Record<string, string>): void
  text?(text: string): void
  close?(name: string): void
}

export function xmlParser(visitor: XmlVisitor): SaxesParser {
  const parser = new SaxesParser()
  parser.on('opentag', ({ name, attributes }: SaxesTagPlain) => visitor.open?.(localName(name), attributes))
  parser.on('text', (text) => visitor.text?.(text))
  parser.on('closetag', ({ name }) => visitor.close?.(localName(name)))
  parser.on('error', (error) => {
    throw new TaskFailure('refused-input', `cannot read the workbook: ${error.message}`)
  })
  return parser
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

async function visit(zip: Zip, part: string, visitor: XmlVisitor): Promise<void> {
  const parser = xmlParser(visitor)
  for await (const text of zip.text(part)) parser.write(text)
  if (zip.has(part)) parser.close()
}

export async function readWorkbook(zip: Zip): Promise<Workbook> {
  const targets = await relations(zip)
  const workbook: Workbook = { sheets: [], texts: [], styles: await dateStyles(zip), from1904: false }
  await visit(zip, 'xl/workbook.xml', {
    open(name, attributes) {
      if (name === 'workbookPr') workbook.from1904 = attributes['date1904'] === '1' || attributes['date1904'] === 'true'
      if (name !== 'sheet') return
      const part = targets.get(attributes['r:id'] ?? '')
      if (part !== undefined) workbook.sheets.push({ name: attributes['name'] ?? '', part })
    },
  })
  workbook.texts = await sharedTexts(zip)
  return workbook
}

async function relations(zip: Zip): Promise<Map<string, string>> {
  const targets = new Map<string, string>()
  await visit(zip, 'xl/_rels/workbook.xml.rels', {
    open(name, { Id: id = '', Target: target = '', Type: type = '' }) {
      if (name !== 'Relationship' || !type.endsWith('/worksheet')) return
      targets.set(id, target.startsWith('/') ? target.slice(1) : `xl/${target}`)
    },
  })
  return targets
}

/** Runs of a text are one text; how it is pronounced is none of it. */
async function sharedTexts(zip: Zip): Promise<string[]> {
  const texts: string[] = []
  let text = ''
  let bytes = 0
  let inText = false
  let inPhonetic = false
  await visit(zip, 'xl/sharedStrings.xml', {
    open(name) {
      if (name === 'si') text = ''
      inText = name === 't'
      if (name === 'rPh') inPhonetic = true
    },
    text(part) {
      if (inText && !inPhonetic) text += part
    },
    close(name) {
      inText = false
      if (name === 'rPh') inPhonetic = false
      if (name !== 'si') return
      texts.push(text)
      bytes += 2 * text.length
      if (bytes > mostTextBytes)
        throw new TaskFailure('refused-input', 'cannot read the workbook: its texts take more than 256 MiB')
    },
  })
  return texts
}

async function dateStyles(zip: Zip): Promise<(DateForm | null)[]> {
  const custom = new Map<string, DateForm | null>()
  const styles: (DateForm | null)[] = []
  let inCells = false
  await visit(zip, 'xl/styles.xml', {
    open(name, attributes) {
      if (name === 'numFmt') custom.set(attributes['numFmtId'] ?? '', dateFormOf(attributes['formatCode'] ?? ''))
      if (name === 'cellXfs') inCells = true
      if (name !== 'xf' || !inCells) return
      const id = attributes['numFmtId'] ?? '0'
      styles.push(custom.get(id) ?? builtInDateForm(Number(id)))
    },
    close(name) {
      if (name === 'cellXfs') inCells = false
    },
  })
  return styles
}
