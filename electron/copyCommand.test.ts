import { expect, test } from 'vitest'
import { openChosenFiles } from '../master/host/chosenFiles.ts'
import { copyCommand } from './copyCommand.ts'

test('the line that is copied has files where they lie, the page is told nothing of it', async () => {
  const chosen = openChosenFiles()
  const copied: string[] = []
  const clipboard = { writeText: async (text: string) => void copied.push(text) }
  const inputs = [
    { name: 'notes.txt', token: chosen.add('/my data/notes.txt') },
    { name: 'old.txt', token: 'of an earlier host' },
  ]
  const words = { kind: 'word-count', inputs, params: { top: 5 }, name: '', workers: null }
  expect(await copyCommand(words, chosen, clipboard)).toEqual({ ok: true, value: null })
  expect(copied).toEqual([`gristmill run word-count '/my data/notes.txt' old.txt -p top=5`])
})
