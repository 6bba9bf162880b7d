import { type CommandResult, refuse, succeed } from '../../contract/commandError.ts'
import { type Recipe, recipesSchema } from '../../contract/recipe.ts'
import { compareText } from '../../datasets/expression/order.ts'
import { readJsonFile, writeJsonFile } from './jsonFile.ts'

/** Recipes in `<home>/recipes.json`. A file that cannot be understood is left as it is: it may hold a person's work. */
export async function readRecipes(path: string): Promise<CommandResult<Recipe[]>> {
  const file = await readJsonFile(path, recipesSchema)
  if (file.state === 'broken')
    return refuse(
      'invalid-input',
      `cannot read the recipes: ${path} holds none that can be understood`,
      'mend or move it',
    )
  return succeed(file.state === 'read' ? file.value : [])
}

/** By its name; one that is there already is replaced only when that is asked for. */
export async function saveRecipe(path: string, recipe: Recipe, replace: boolean): Promise<CommandResult<Recipe>> {
  const kept = await readRecipes(path)
  if (!kept.ok) return kept
  const others = kept.value.filter(({ name }) => name !== recipe.name)
  if (others.length < kept.value.length && !replace)
    return refuse(
      'output-exists',
      `cannot save the recipe '${recipe.name}': there is one of that name`,
      'choose another name or replace it',
    )
  const recipes = [...others, recipe].toSorted((one, other) => compareText(one.name, other.name))
  await writeJsonFile(path, recipesSchema, recipes)
  return succeed(recipe)
}

export async function removeRecipe(path: string, name: string): Promise<CommandResult<null>> {
  const found = await findRecipe(path, name)
  if (!found.ok) return found
  const { kept } = found.value
  await writeJsonFile(
    path,
    recipesSchema,
    kept.filter((each) => each.name !== name),
  )
  return succeed(null)
}

export async function findRecipe(
  path: string,
  name: string,
): Promise<CommandResult<{ recipe: Recipe; kept: readonly Recipe[] }>> {
  const kept = await readRecipes(path)
  if (!kept.ok) return kept
  const recipe = kept.value.find((each) => each.name === name)
  if (recipe !== undefined) return succeed({ recipe, kept: kept.value })
  const known = kept.value.map((each) => each.name)
  return refuse(
    'invalid-input',
    `cannot find the recipe '${name}'`,
    known.length === 0 ? 'none has been saved yet' : `there are ${known.join(', ')}`,
  )
}
