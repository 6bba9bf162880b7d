import { describe, expect, it } from 'vitest'
import { readDetails, readTags, textsOf } from './details.ts'

const job = { name: 'words fox', tags: ['march', 'draft'], note: 'the first\ntry' }
const typed = textsOf(job)

describe('what a person says about a job', () => {
  it('is not changed by being looked at', () => {
    expect(readDetails(job, typed)).toEqual({ changes: {}, errors: {} })
  })

  it('is changed only where it differs', () => {
    expect(readDetails(job, { ...typed, note: 'the second ' }).changes).toEqual({ note: 'the second' })
    expect(readDetails(job, { ...typed, tags: 'march' }).changes).toEqual({ tags: ['march'] })
    expect(readDetails(job, { ...typed, tags: '' }).changes).toEqual({ tags: [] })
  })

  it('has a name', () => {
    expect(readDetails(job, { ...typed, name: '  ' }).errors).toEqual({ name: 'This is needed.' })
  })

  it('is refused beside the field where the host would not take it', () => {
    const long = { name: 'x'.repeat(201), tags: 'x'.repeat(101), note: 'x'.repeat(10_001) }
    expect(Object.keys(readDetails(job, long).errors)).toEqual(['name', 'tags', 'note'])
    const many = Array.from({ length: 51 }, (_, index) => `tag ${index}`).join(',')
    expect(readDetails(job, { ...typed, tags: many }).errors).toEqual({ tags: 'At most 50 tags.' })
  })

  it('takes each tag once, whatever stands around it', () => {
    expect(readTags(' a, b ,,a,\n two words,')).toEqual(['a', 'b', 'two words'])
  })
})
