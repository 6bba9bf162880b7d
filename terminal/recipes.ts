import type { Recipe } from '../contract/recipe.ts'
import { valueOf } from './exitCodes.ts'

/** Recipes read from the home itself: no host is needed to look at them. */
export async function recipesIn(home: string): Promise<Recipe[]> {
  const { homePaths } = await import('../master/host/home.ts')
  const { readRecipes } = await import('../master/host/recipes.ts')
  return valueOf(await readRecipes(homePaths(home).recipes))
}

/** What `run @NAME` stands for. */
export async function recipeNamed(home: string, name: string): Promise<Recipe> {
  const { homePaths } = await import('../master/host/home.ts')
  const { findRecipe } = await import('../master/host/recipes.ts')
  return valueOf(await findRecipe(homePaths(home).recipes, name)).recipe
}
