/**
 * Folders that say a value of all rows below them, `city=Bonn`, as Hive began them and Parquet's readers know them. Whatever is no unreserved
 * character of a URL is encoded like there, so that a name is one on every file system. Pure.
 */
/** The value of rows that have none. */
const nothing = '__HIVE_DEFAULT_PARTITION__'
/** Of a name in the file systems that people use. */
const mostNameBytes = 255

export interface Partition {
  column: string
  value: string | null
}

/** Empty text is no value: no name could tell it apart. Null when the name would be too long for a file system. */
export function partitionName({ column, value }: Partition): string | null {
  if (value !== null && value.length > mostNameBytes) return null
  const name = `${encoded(column)}=${value === null || value === '' ? nothing : encoded(value)}`
  return caseProofName(name).length <= mostNameBytes ? name : null
}

/** Names that are equal so fold are one name where case does not count. */
export function foldedName(name: string): string {
  return name.toLowerCase()
}

/** The same name, told apart from any whose value differs in case only. */
export function caseProofName(name: string): string {
  const [column = '', value = ''] = name.split('=')
  const safe = value.replaceAll(/%..|[A-Z]/g, (part) => (part.length === 1 ? percent(part.charCodeAt(0)) : part))
  return value === nothing ? name : `${column}=${safe}`
}

/** What a folder's name says, null when it is another folder. */
export function partitionIn(folder: string): Partition | null {
  const at = folder.indexOf('=')
  if (at <= 0) return null
  const [column, value] = [decoded(folder.slice(0, at)), decoded(folder.slice(at + 1))]
  if (column === null || value === null) return null
  return { column, value: folder.slice(at + 1) === nothing || value === '' ? null : value }
}

function encoded(text: string): string {
  const name = encodeURIComponent(text.toWellFormed())
    .replaceAll(/[!'()*]/g, (mark) => percent(mark.charCodeAt(0)))
    // Some file systems drop a dot at the end.
    .replace(/\.$/, percent(46))
  return name === nothing ? name.replace('_', percent(95)) : name
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}
