/**
 * One line of CSV as RFC 4180 has it, safe to open in a spreadsheet: a field that one would take for a formula gets an apostrophe in
 * front. So does one that has apostrophes before such a beginning, so that taking one away always gives back what was written.
 */
const likeAFormula = /^'*[=+\-@\t\r]/
const needsQuotes = /[",\r\n]/

export function csvLine(fields: readonly (string | number | null)[]): string {
  return `${fields.map(fieldText).join(',')}\r\n`
}

function fieldText(field: string | number | null): string {
  if (field === null) return ''
  if (typeof field === 'number') return String(field)
  const safe = likeAFormula.test(field) ? `'${field}` : field
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
