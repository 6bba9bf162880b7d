import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inspect } from '../inspect.ts'
import { rowsOf } from '../testing/rowsKind.ts'
import { zipOf } from '../testing/zipOf.ts'
import { dateFormOf, serialText } from './dates.ts'

const relation = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet'
const sheet = (rows: string) => `<?xml version="1.0"?><worksheet><sheetData>${rows}</sheetData></worksheet>`

const workbook = zipOf({
  'xl/workbook.xml': `<workbook xmlns:r="r"><workbookPr/><sheets>
    <sheet name="People" sheetId="1" r:id="rId1"/><sheet name="Other" sheetId="2" r:id="rId2"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId1" Type="${relation}" Target="worksheets/one.xml"/>
    <Relationship Id="rId2" Type="${relation}" Target="/xl/worksheets/two.xml"/></Relationships>`,
  'xl/styles.xml': `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/></numFmts>
    <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
    <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="20"/></cellXfs></styleSheet>`,
  'xl/sharedStrings.xml': `<sst><si><t>name</t></si><si><t>born</t></si><si><t>Zoë &amp; co</t></si>
    <si><r><t>two </t></r><r><t>runs</t></r><rPh><t>ignored</t></rPh></si></sst>`,
  'xl/worksheets/one.xml': sheet(`
    <row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="D2" t="inlineStr"><is><t>sum</t></is></c></row>
    <row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3" s="1"><v>36526</v></c><c r="D3"><v>0.10000000000000001</v></c></row>
    <row r="4"/>
    <row r="5"><c r="A5" t="s"><v>3</v></c><c r="B5" s="2"><v>36526.75</v></c><c r="C5" t="b"><v>1</v></c>
      <c r="D5" t="str"><f>A1</f><v>08123</v></c></row>
    <row r="6"><c r="B6" s="3"><v>0.5</v></c><c r="D6" t="e"><v>#DIV/0!</v></c></row>`),
  'xl/worksheets/two.xml': sheet('<row><c><v>1</v></c><c><v>2</v></c></row>'),
})

test('the first sheet: shared and inline texts, numbers as they are, dates by their style, formulas by their values', async () => {
  const { rows } = await rowsOf({ files: [workbook] })
  expect(rows).toEqual([
    { offset: 3, fields: ['Zoë & co', '2000-01-01', null, '0.1'] },
    { offset: 5, fields: ['two runs', '2000-01-01 18:00:00', 'true', '08123'] },
    { offset: 6, fields: [null, '12:00:00', null, '#DIV/0!'] },
  ])
})

test('another sheet, by its name', async () => {
  expect((await rowsOf({ files: [workbook], params: { sheet: 'Other' } })).rows).toEqual([
    { offset: 1, fields: ['1', '2'] },
  ])
  await expect(rowsOf({ files: [workbook], params: { sheet: 'None' } })).rejects.toThrow(
    /it has no sheet None; choose one of People, Other/,
  )
})

test('inspect names the columns and the other sheets', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gristmill-xlsx-'))
  try {
    writeFileSync(join(folder, 'book'), workbook)
    expect(await inspect(join(folder, 'book'))).toMatchObject({
      inspection: {
        input: {
          cellEnds: [workbook.length],
          table: {
            format: 'xlsx',
            part: 'People',
            columns: [{ name: 'name' }, { name: 'born' }, { name: 'column_3' }, { name: 'sum' }],
          },
        },
        sample: {
          estimatedRows: 3,
          notes: ['a workbook cannot be split: one worker reads it', 'other sheets, by -p sheet=NAME: Other'],
        },
      },
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a zip that is no workbook is no table, and a damaged one is refused', async () => {
  await expect(rowsOf({ files: [workbook.subarray(0, 400)] })).rejects.toThrow(/cannot read .* as a workbook/)
})

describe('dates', () => {
  test.each([
    ['yyyy-mm-dd', 'date'],
    ['mmm yy', 'date'],
    ['[h]:mm:ss', 'time'],
    ['d/m/yyyy h:mm AM/PM', 'timestamp'],
    ['0.00" days"', null],
    ['[Red]#,##0', null],
    ['General', null],
  ])('the format %s means %s', (format, form) => {
    expect(dateFormOf(format)).toBe(form)
  })

  test('workbooks count a 29 February 1900 that never was', () => {
    expect([1, 59, 61, 45_000.25].map((serial) => serialText(serial, 'date', false))).toEqual([
      '1900-01-01',
      '1900-02-28',
      '1900-03-01',
      '2023-03-15 06:00:00',
    ])
    expect(serialText(0, 'date', true)).toBe('1904-01-01')
  })
})

test('a workbook that would unpack to very much more than it is, is refused in one line before anything is read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gristmill-bomb-'))
  try {
    const path = join(folder, 'bomb.xlsx')
    writeFileSync(path, zipOf({ 'xl/workbook.xml': '<workbook/>', 'xl/worksheets/one.xml': ' '.repeat(80_000_000) }))
    expect(await inspect(path)).toMatchObject({
      ok: false,
      code: 'input-wrong-format',
      message: expect.stringMatching(
        /^cannot read \S+bomb\.xlsx as a workbook: its \d+ bytes would unpack to 80000011, more than 200 times as many$/,
      ),
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})
