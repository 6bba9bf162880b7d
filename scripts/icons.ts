import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { provideChromium } from './chromium.ts'
import { packIcns, packIco, type SizedPng } from './iconContainers.ts'
import { root } from './steps.ts'

/**
 * `npm run icons`: draws resources/icons/gristmill.svg in all sizes with a real browser and packs them for Windows and macOS. What it
 * wrote is committed; made.json holds the hashes by which a test tells, without a browser, that all of it comes from this drawing.
 */
export const iconsFolder = join(root, 'resources/icons')
export const drawing = 'gristmill.svg'
export const record = 'made.json'
/** What Linux desktops look for, and what the two containers take. */
export const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024] as const
export const icoSizes: readonly number[] = sizes.filter((size) => size <= 256)

export interface IconRecord {
  /** sha256 of the drawing. */
  drawing: string
  /** sha256 of each file made from it. */
  files: Record<string, string>
}

export function pngName(size: number): string {
  return `${size}x${size}.png`
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

async function rasterise(page: Page, svg: string, size: number): Promise<SizedPng> {
  await page.setViewportSize({ width: size, height: size })
  const image = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
  await page.setContent(
    `<style>html, body { margin: 0 } img { display: block; width: ${size}px; height: ${size}px }</style><img src="${image}">`,
  )
  return { size, png: await page.screenshot({ omitBackground: true }) }
}

async function draw(svg: string, executablePath: string): Promise<SizedPng[]> {
  const browser = await chromium.launch({ executablePath })
  try {
    const page = await browser.newPage()
    const images: SizedPng[] = []
    for (const size of sizes) images.push(await rasterise(page, svg, size))
    return images
  } finally {
    await browser.close()
  }
}

async function make(): Promise<void> {
  const found = provideChromium()
  if ('missing' in found) throw new Error(found.missing)
  const svg = readFileSync(join(iconsFolder, drawing))
  const images = await draw(svg.toString(), found.path)
  const files: Record<string, Buffer> = Object.fromEntries(images.map(({ size, png }) => [pngName(size), png]))
  files['gristmill.ico'] = packIco(images.filter(({ size }) => icoSizes.includes(size)))
  files['gristmill.icns'] = packIcns(images)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(iconsFolder, name), content)
  const made: IconRecord = {
    drawing: sha256(svg),
    files: Object.fromEntries(Object.entries(files).map(([name, content]) => [name, sha256(content)])),
  }
  writeFileSync(join(iconsFolder, record), `${JSON.stringify(made, null, 2)}\n`)
}

if (import.meta.main) await make()
