import { describe, expect, it } from 'vitest'
import type { Source } from '../../../contract/api.ts'
import { refuse, succeed, type CommandResult } from '../../../contract/commandError.ts'
import type { BringOptions } from '../../client/host.ts'
import { createDraft } from './draft.ts'
import { fillIn, requestsOf } from './request.ts'

/** What a tab keeps; a full one takes nothing. */
function makeShelf(full = false) {
  const kept = new Map<string, string>()
  return {
    kept,
    getItem: (place: string) => kept.get(place) ?? null,
    removeItem: (place: string) => void kept.delete(place),
    setItem(place: string, text: string) {
      if (full) throw new DOMException('too much', 'QuotaExceededError')
      kept.set(place, text)
    },
  }
}

/** A host whose answers to uploads the test gives. */
function setUp(shelf = makeShelf()) {
  const sent: { file: File; options: BringOptions; answer: (reply: CommandResult<Source>) => void }[] = []
  const draft = createDraft(
    { bring: (file, options) => new Promise((answer) => sent.push({ file, options, answer })) },
    (file) => (file.name === 'folder' ? 'folder is a folder' : null),
    shelf,
  )
  const inputs = () => draft.getState().inputs
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
  return { draft, sent, inputs, settled }
}

const file = (name: string) => new File(['12345'], name)
const source: Source = { type: 'upload', token: 't' }

describe('the job being put together', () => {
  it('sends what is dropped and knows how far it is', async () => {
    const { draft, sent, inputs, settled } = setUp()
    draft.addFiles([file('a.txt')])
    sent[0]?.options.onProgress(3)
    expect(inputs()).toMatchObject([{ name: 'a.txt', bytes: 5, state: 'sending', sentBytes: 3 }])
    sent[0]?.answer(succeed(source))
    await settled()
    expect(inputs()).toMatchObject([{ state: 'ready', source }])
  })

  it('keeps a file that was not taken, with the reason, and sends it again', async () => {
    const { draft, sent, inputs, settled } = setUp()
    draft.addFiles([file('a.txt')])
    sent[0]?.answer(refuse('unavailable', 'away'))
    await settled()
    expect(inputs()).toMatchObject([{ state: 'failed', error: { message: 'away' } }])
    draft.sendAgain(inputs()[0]?.key ?? 0)
    sent[1]?.answer(succeed(source))
    await settled()
    expect(inputs()).toMatchObject([{ state: 'ready', error: null }])
  })

  it('does not send a folder', () => {
    const { draft, sent, inputs } = setUp()
    draft.addFiles([file('folder')])
    expect(sent).toEqual([])
    expect(inputs()).toMatchObject([{ state: 'failed', error: { code: 'input-not-a-file' } }])
  })

  it('stops sending what is removed', () => {
    const { draft, sent, inputs } = setUp()
    draft.addFiles([file('a.txt'), file('b.txt')])
    draft.remove(inputs()[0]?.key ?? 0)
    expect(sent[0]?.options.signal.aborted).toBe(true)
    expect(inputs().map(({ name }) => name)).toEqual(['b.txt'])
  })

  it('keeps what was typed for one kind while another is tried', () => {
    const { draft } = setUp()
    draft.type('numbers', 'formula', 'x * 2')
    draft.type('primes', 'to', '10')
    expect(draft.getState().texts).toEqual({ numbers: { formula: 'x * 2' }, primes: { to: '10' } })
  })
})

describe('after the page was loaded again', () => {
  it('is all there: kind, settings, name, workers and what the host has', async () => {
    const shelf = makeShelf()
    const { draft, sent, settled } = setUp(shelf)
    draft.addListed('/data/b.txt', 'b.txt', 3)
    draft.addFiles([file('a.txt')])
    sent[0]?.answer(succeed(source))
    await settled()
    draft.type('numbers', 'formula', 'x * 2')
    draft.setState({ kind: 'numbers', name: 'Mine', workers: '2' })
    const again = setUp(shelf)
    expect(again.draft.getState()).toEqual({
      ...draft.getState(),
      inputs: draft.getState().inputs.map((input) => ({ ...input, sentBytes: 0 })),
    })
    again.draft.addListed('/data/c.txt', 'c.txt', 3)
    expect(new Set(again.inputs().map(({ key }) => key)).size).toBe(3)
  })

  it('asks for a file that was still being sent, and sends the one chosen', async () => {
    const shelf = makeShelf()
    setUp(shelf).draft.addFiles([file('a.txt')])
    const { draft, sent, inputs, settled } = setUp(shelf)
    const [{ key } = { key: 0 }] = inputs()
    expect(inputs()).toMatchObject([{ name: 'a.txt', state: 'failed', source: null, error: { code: 'unavailable' } }])
    expect(draft.holds(key)).toBe(false)
    draft.sendAgain(key, file('moved.txt'))
    expect(draft.holds(key)).toBe(true)
    sent[0]?.answer(succeed(source))
    await settled()
    expect(inputs()).toMatchObject([{ key, name: 'moved.txt', word: 'moved.txt', state: 'ready', source, error: null }])
  })

  it('sends nothing when no file was chosen', () => {
    const shelf = makeShelf()
    setUp(shelf).draft.addFiles([file('a.txt')])
    const { draft, sent, inputs } = setUp(shelf)
    draft.sendAgain(inputs()[0]?.key ?? 0)
    expect(sent).toEqual([])
    expect(inputs()).toMatchObject([{ state: 'failed' }])
  })

  it('is empty once the job has been made', () => {
    const shelf = makeShelf()
    const { draft } = setUp(shelf)
    draft.setState({ name: 'Mine' })
    expect(shelf.kept.size).toBe(1)
    draft.reset()
    expect(shelf.kept.size).toBe(0)
  })

  it('is empty when it was too large to be kept, and still works', () => {
    const shelf = makeShelf(true)
    shelf.kept.set('gristmill.draft', 'older')
    const { draft } = setUp(shelf)
    draft.setState({ name: 'Mine' })
    expect(draft.getState().name).toBe('Mine')
    expect(shelf.kept.size).toBe(0)
  })

  it.each(['', 'no JSON', '{}', '{"inputs":[{"name":1}]}', '[]'])('is empty when what was kept is %j', (text) => {
    const shelf = makeShelf()
    shelf.kept.set('gristmill.draft', text)
    expect(setUp(shelf).draft.getState()).toMatchObject({ inputs: [], kind: null, name: '' })
  })
})

describe('what the form asks for', () => {
  const ready = { inputs: [], kind: 'no-op', texts: {}, name: ' My run ', workers: '3', each: false }

  it('names sources, params, name and workers', () => {
    const { draft } = setUp()
    draft.addListed('/data/a.txt', 'a.txt', 3)
    const full = { ...ready, inputs: draft.getState().inputs }
    const request = {
      kind: 'no-op',
      params: {},
      sources: [{ type: 'listed', path: '/data/a.txt' }],
      name: 'My run',
      workers: 3,
    }
    expect(requestsOf(full, 'no-op', fillIn(full, []))).toEqual([{ inputs: [1], request }])
    expect(requestsOf({ ...full, each: true }, 'no-op', fillIn(full, []))).toEqual([{ inputs: [1], request }])
  })

  it('asks for one job over several inputs, or for a job each, named apart', () => {
    const { draft } = setUp()
    for (const name of ['a.txt', 'b.txt']) draft.addListed(`/data/${name}`, name, 3)
    const full = { ...ready, name: 'run', inputs: draft.getState().inputs }
    const together = requestsOf(full, 'no-op', fillIn(full, []))
    expect(together.map(({ request }) => request.sources.length)).toEqual([2])
    const each = requestsOf({ ...full, each: true }, 'no-op', fillIn(full, []))
    expect(each.map(({ request: { name, sources }, inputs }) => [name, sources, inputs])).toEqual([
      ['run a.txt', [{ type: 'listed', path: '/data/a.txt' }], [1]],
      ['run b.txt', [{ type: 'listed', path: '/data/b.txt' }], [2]],
    ])
  })

  it('waits for files that are still being sent and for those that did not arrive', async () => {
    const { draft, sent, settled } = setUp()
    draft.addFiles([file('a.txt')])
    expect(fillIn({ ...ready, inputs: draft.getState().inputs }, []).obstacle).toBe(
      'Wait until every file has arrived.',
    )
    sent[0]?.answer(refuse('unavailable', 'away'))
    await settled()
    const { obstacle } = fillIn({ ...ready, inputs: draft.getState().inputs }, [])
    expect(obstacle).toBe('Remove the files that did not arrive, or send them again.')
  })

  it.each([
    ['0', 'At least 1.'],
    ['65', 'At most 64.'],
    ['2.5', 'Write a whole number.'],
    ['64', null],
    ['', null],
  ])('reads %j workers', (workers, error) => {
    expect(fillIn({ ...ready, workers }, []).workersError).toBe(error)
  })

  it('files that the system chose are ready at once, and one that it could not take says why', () => {
    const { draft } = setUp()
    draft.addChosen([
      { ok: true, token: 't-1', name: 'words.txt', bytes: 5 },
      { ok: false, name: 'gone.txt', message: 'cannot read gone.txt: ENOENT' },
    ])
    expect(draft.getState().inputs).toMatchObject([
      { name: 'words.txt', bytes: 5, state: 'ready', source: { type: 'upload', token: 't-1' } },
      { name: 'gone.txt', state: 'failed', error: { message: 'cannot read gone.txt: ENOENT' } },
    ])
  })
})
