import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, resolve } from 'node:path'
import { parseAst } from 'vite'

/** Walks built modules by their imports: what an entry reaches is what it may need where it runs. */
export interface Graph {
  files: Set<string>
  /** Every package or built-in module that some file imports. */
  packages: Set<string>
}

/** Without `lazy` what is imported only when needed is left out: what an entry loads as it starts. */
export function walk(entry: string, { lazy = true } = {}): Graph {
  const graph: Graph = { files: new Set([entry]), packages: new Set() }
  for (const file of graph.files) {
    for (const name of importsOf(readFileSync(file, 'utf8'), lazy)) {
      if (name.startsWith('.')) graph.files.add(resolve(dirname(file), name))
      else graph.packages.add(isBuiltin(name) ? name : packageOf(name))
    }
  }
  return graph
}

/** What is in package.json, of what may name a file in it. */
function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
}

/** Static and dynamic imports, re-exports and calls of `require`, when what they name is a literal. */
function importsOf(code: string, lazy: boolean): string[] {
  const names: string[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit)
    if (typeof node !== 'object' || node === null) return
    if (!lazy && 'type' in node && node.type === 'ImportExpression') return
    const name = importedBy(node as Record<string, unknown>)
    if (name !== undefined) names.push(name)
    Object.values(node).forEach(visit)
  }
  visit(parseAst(code))
  return names
}

function importedBy(node: Record<string, unknown>): string | undefined {
  const type = node['type']
  if (type === 'CallExpression') {
    const [first] = node['arguments'] as unknown[]
    return (node['callee'] as { name?: string }).name === 'require' ? literal(first) : undefined
  }
  return typeof type === 'string' && /^(Import|Export)/.test(type) ? literal(node['source']) : undefined
}

function literal(node: unknown): string | undefined {
  const value = (node as { value?: unknown } | null | undefined)?.value
  return typeof value === 'string' ? value : undefined
}
