import fc from 'fast-check'
import { expect, test } from 'vitest'
import { placeOf } from './windowPlace.ts'

const screen = { x: 0, y: 0, width: 1920, height: 1040 }
const was = { x: 100, y: 50, width: 1000, height: 700, maximized: false }

test('the window comes back where it was, and first where the system puts it', () => {
  expect(placeOf(was, [screen])).toEqual({ x: 100, y: 50, width: 1000, height: 700 })
  expect(placeOf(null, [screen])).toEqual({ width: 1200, height: 820 })
})

test('a window that was on a screen that is gone keeps its size only', () => {
  expect(placeOf({ ...was, x: 2500 }, [screen])).toEqual({ width: 1000, height: 700 })
  expect(placeOf({ ...was, y: -30 }, [screen])).toEqual({ width: 1000, height: 700 })
  expect(placeOf({ ...was, x: 2500 }, [screen, { ...screen, x: 1920 }])).toMatchObject({ x: 2500 })
})

test('whatever was kept, the window can be grasped and fits', () => {
  const number = fc.integer({ min: -100_000, max: 100_000 })
  const size = fc.integer({ min: 1, max: 100_000 })
  fc.assert(
    fc.property(number, number, size, size, (x, y, width, height) => {
      const place = placeOf({ x, y, width, height, maximized: false }, [screen])
      expect(place.width).toBeGreaterThanOrEqual(640)
      expect(place.width).toBeLessThanOrEqual(1920)
      expect(place.height).toBeLessThanOrEqual(1040)
      if (place.x === undefined || place.y === undefined) return
      expect(place.x).toBeLessThanOrEqual(1800)
      expect(place.x + place.width).toBeGreaterThanOrEqual(120)
      expect(place.y).toBeGreaterThanOrEqual(0)
    }),
  )
})
