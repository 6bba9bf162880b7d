import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Recipe } from '../../contract/recipe.ts'
import { findRecipe, readRecipes, removeRecipe, saveRecipe } from './recipes.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-recipes-'))
  path = join(folder, 'recipes.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

const recipe = (name: string, top = 5): Recipe => ({ name, kind: 'word-count', params: { top }, savedAt: 1 })

test('recipes are kept in the order of their names, and nothing else lies beside them', async () => {
  expect(await readRecipes(path)).toEqual({ ok: true, value: [] })
  await saveRecipe(path, recipe('weekly'), false)
  await saveRecipe(path, recipe('daily'), false)
  expect(await readRecipes(path)).toEqual({ ok: true, value: [recipe('daily'), recipe('weekly')] })
  expect(readdirSync(folder)).toEqual(['recipes.json'])
})

test('one of the same name is replaced only when that is asked for', async () => {
  await saveRecipe(path, recipe('weekly', 5), false)
  expect(await saveRecipe(path, recipe('weekly', 9), false)).toMatchObject({
    ok: false,
    error: { code: 'output-exists' },
  })
  expect(await findRecipe(path, 'weekly')).toMatchObject({ value: { recipe: { params: { top: 5 } } } })
  await saveRecipe(path, recipe('weekly', 9), true)
  expect(await findRecipe(path, 'weekly')).toMatchObject({ value: { recipe: { params: { top: 9 } } } })
})

test('a removed one is gone, and one that is not there is named', async () => {
  await saveRecipe(path, recipe('weekly'), false)
  expect(await removeRecipe(path, 'daily')).toMatchObject({ ok: false, error: { hint: 'there are weekly' } })
  expect(await removeRecipe(path, 'weekly')).toEqual({ ok: true, value: null })
  expect(await readRecipes(path)).toEqual({ ok: true, value: [] })
})

test('a file that cannot be understood is refused and stays as it is', async () => {
  for (const text of ['', '{', '{}', '[{"name":"a"}]', '[{"name":"../a","kind":"k","params":{},"savedAt":1}]']) {
    writeFileSync(path, text)
    for (const answer of [
      await readRecipes(path),
      await saveRecipe(path, recipe('weekly'), true),
      await removeRecipe(path, 'a'),
    ])
      expect(answer, text).toMatchObject({ ok: false, error: { message: expect.stringContaining(path) } })
    expect(readFileSync(path, 'utf8')).toBe(text)
  }
})
