// next.config.js: how Next builds the pages. Types are checked by `npm run typecheck`, lint by Biome: a build does neither.
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  compress: true,
  devIndicators: false,
  // Next rewrites the file it is given: this one is its own, and the project's stays as it is.
  typescript: { ignoreBuildErrors: true, tsconfigPath: 'app/tsconfig.json' },
  basePath: process.env.ROCKETDECK_BASE_PATH ?? '',
  // The browser is told too: its client asks below the same path.
  env: { ROCKETDECK_BASE_PATH: process.env.ROCKETDECK_BASE_PATH ?? '' },
  distDir: process.env.ROCKETDECK_NEXT_DIR ?? '.next',
  // An address without a cluster goes to the one that was looked at last (app/page.tsx). A catch-all page would not do: Next
  // ends every websocket whose path a page matches, and /api/trpc would be one.
  redirects: async () => [
    {
      source: '/:section(topics|groups|brokers|clients|messages|send|dlq)/:rest*',
      destination: '/?to=/:section/:rest*',
      permanent: false,
    },
  ],
  experimental: { optimizePackageImports: ['lucide-react', 'recharts', 'radix-ui'] },
}

export default config
