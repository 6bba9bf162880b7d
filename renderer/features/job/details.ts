import type { Job } from '../../../contract/job.ts'
import { strings } from '../../ui/strings.ts'

/** What a person calls a job and says about it, as typed; and what of it has to be changed. Pure. */
export interface DetailTexts {
  name: string
  tags: string
  note: string
}

export type Details = Pick<Job, 'name' | 'tags' | 'note'>

export interface ReadDetails {
  /** Only what differs, so that two windows may change different things. */
  changes: Partial<Details>
  errors: Partial<Record<keyof DetailTexts, string>>
}

const longestName = 200
const longestNote = 10_000
const longestTag = 100
const mostTags = 50

export function textsOf({ name, tags, note }: Details): DetailTexts {
  return { name, tags: tags.join(', '), note }
}

/** Tags stand between commas; each counts once. */
export function readTags(text: string): string[] {
  const tags = text.split(/[,\n]/).map((tag) => tag.trim())
  return [...new Set(tags)].filter((tag) => tag !== '')
}

export function readDetails(job: Details, typed: DetailTexts): ReadDetails {
  const name = typed.name.trim()
  const note = typed.note.trim()
  const tags = readTags(typed.tags)
  const errors = {
    ...complaint('name', name === '' ? strings.field.required : tooLong(name, longestName)),
    ...complaint('tags', tags.length > mostTags ? strings.details.mostTags(mostTags) : tagsTooLong(tags)),
    ...complaint('note', tooLong(note, longestNote)),
  }
  return {
    changes: {
      ...(name === job.name ? {} : { name }),
      ...(JSON.stringify(tags) === JSON.stringify(job.tags) ? {} : { tags }),
      ...(note === job.note ? {} : { note }),
    },
    errors,
  }
}

function complaint(field: keyof DetailTexts, error: string | null): ReadDetails['errors'] {
  return error === null ? {} : { [field]: error }
}

function tooLong(text: string, most: number): string | null {
  return text.length > most ? strings.details.tooLong(most) : null
}

function tagsTooLong(tags: readonly string[]): string | null {
  return tags.some((tag) => tag.length > longestTag) ? strings.details.tagTooLong(longestTag) : null
}
