/**
 * What electron-builder is told besides electron-builder.yml. A deb must name a homepage, and the project has none of its own: who makes
 * one says where it is to be had (GRISTMILL_HOMEPAGE). Without it, nothing is invented: Linux gets its AppImages.
 */
export interface Dist {
  /** Of `npm run dist`. */
  args: readonly string[]
  platform: NodeJS.Platform
  env: NodeJS.ProcessEnv
}

export function distArguments({ args, platform, env }: Dist): { args: string[]; note: string | null } {
  const homepage = env['GRISTMILL_HOMEPAGE'] ?? ''
  if (homepage !== '')
    return { args: ['--publish', 'never', `-c.extraMetadata.homepage=${homepage}`, ...args], note: null }
  if (platform !== 'linux' || args.length > 0) return { args: ['--publish', 'never', ...args], note: null }
  return {
    args: ['--publish', 'never', '--linux', 'AppImage', '--x64', '--arm64'],
    note: 'no deb is made: it must name a homepage; say which in GRISTMILL_HOMEPAGE',
  }
}
