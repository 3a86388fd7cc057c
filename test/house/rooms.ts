// test/house/rooms.ts: the rooms of this house and the doors between them, as data. A door that is not listed here is
// a wall. Change it together with the "Rooms" section of ARCHITECTURE.md.

export interface Room {
  /** A folder, or a single file. */
  path: string
  /** Rooms it may look into besides itself. */
  doors: readonly string[]
  /** Rooms of which it may take types, and nothing that runs. */
  types?: readonly string[]
}

const broker = (...names: string[]) => names.map((name) => `broker/${name}`)
const server = (...names: string[]) => names.map((name) => `server/${name}`)
const components = (...names: string[]) => names.map((name) => `components/${name}`)

const brokerRooms: Room[] = [
  { path: 'broker/protocol', doors: [] },
  { path: 'broker/file', doors: [] },
  { path: 'broker/config', doors: broker('file') },
  { path: 'broker/net', doors: broker('protocol') },
  { path: 'broker/stats', doors: broker('protocol') },
  { path: 'broker/auth', doors: broker('protocol', 'file') },
  { path: 'broker/filter', doors: broker('protocol') },
  { path: 'broker/store', doors: broker('protocol', 'file', 'config') },
  { path: 'broker/catalog', doors: broker('protocol', 'file', 'config') },
  { path: 'broker/session', doors: broker('protocol', 'net') },
  { path: 'broker/ha', doors: broker('protocol', 'net', 'file', 'store') },
  { path: 'broker/schedule', doors: broker('protocol', 'file', 'store', 'catalog', 'session') },
  { path: 'broker/pop', doors: broker('protocol', 'file', 'store', 'catalog', 'session', 'schedule') },
  { path: 'broker/peer', doors: broker('protocol', 'net', 'catalog', 'schedule') },
  { path: 'broker/controller', doors: broker('protocol', 'net', 'file', 'config') },
  {
    path: 'broker/processor',
    doors: broker(
      'protocol',
      'config',
      'net',
      'stats',
      'auth',
      'filter',
      'store',
      'catalog',
      'session',
      'schedule',
      'pop',
    ),
    types: broker('ha'),
  },
  { path: 'broker/namesrv', doors: broker('protocol', 'net', 'file', 'config', 'auth') },
]

const serverRooms: Room[] = [
  { path: 'server/shared', doors: [] },
  { path: 'server/db', doors: server('shared') },
  { path: 'server/admin', doors: [...broker('protocol', 'net'), 'server/shared'] },
  { path: 'server/audit', doors: server('db', 'shared') },
  { path: 'server/access', doors: server('db', 'shared', 'audit') },
  { path: 'server/guard', doors: [] },
  { path: 'server/oidc', doors: server('db', 'guard', 'shared') },
  { path: 'server/notify', doors: server('db', 'guard', 'shared') },
  { path: 'server/jobs', doors: server('db', 'shared', 'audit') },
  { path: 'server/clusters', doors: server('db', 'admin', 'audit', 'guard', 'shared') },
  { path: 'server/metrics', doors: server('db', 'admin', 'clusters', 'shared') },
  { path: 'server/alarms', doors: server('db', 'metrics', 'notify', 'audit', 'shared') },
  // Who may do what at a broker is told by what brokers decide by.
  { path: 'server/change', doors: ['broker/auth', ...server('admin', 'clusters', 'jobs', 'audit', 'shared')] },
  { path: 'server/doctor', doors: server('admin', 'metrics', 'shared') },
  // A search judges by the expressions that brokers judge by.
  { path: 'server/message', doors: ['broker/filter', ...server('admin', 'clusters', 'jobs', 'shared')] },
  { path: 'server/bundled', doors: server('shared'), types: ['broker/index.ts', 'broker/types.ts'] },
  {
    path: 'server/desk',
    doors: server(
      'db',
      'admin',
      'clusters',
      'metrics',
      'alarms',
      'guard',
      'notify',
      'change',
      'message',
      'doctor',
      'jobs',
      'bundled',
      'shared',
    ),
    types: ['broker/types.ts'],
  },
  { path: 'server/trpc', doors: server('access', 'audit', 'clusters', 'shared') },
]

/** The nouns of the console: each may look into what has no subject, and none into another. */
const nouns = [
  'access',
  'alarm',
  'audit',
  'broker',
  'cluster',
  'doctor',
  'group',
  'job',
  'message',
  'metrics',
  'overview',
  'topic',
  'send',
]

const wordless = components('ui', 'format', 'i18n')
const frame = [...wordless, ...components('data-table', 'trpc')]

export const rooms: readonly Room[] = [
  ...brokerRooms,
  { path: 'broker/types.ts', doors: [] },
  { path: 'broker/worker', doors: [...brokerRooms.map((room) => room.path), 'broker/types.ts'] },
  { path: 'broker/index.ts', doors: [...broker('worker', 'config'), 'broker/types.ts'] },
  { path: 'broker/main.ts', doors: [...broker('worker', 'config'), 'broker/index.ts', 'broker/types.ts'] },
  { path: 'broker/build', doors: [] },

  ...serverRooms,
  {
    path: 'server/router',
    doors: serverRooms.map((room) => room.path).filter((path) => path !== 'server/db'),
  },
  { path: 'server/root.ts', doors: server('router', 'trpc', 'shared') },
  { path: 'server/rsc.tsx', doors: server('router', 'trpc', 'shared', 'root.ts') },
  { path: 'server/http', doors: ['broker/protocol', ...server('root.ts', 'trpc', 'metrics', 'oidc', 'shared')] },
  {
    path: 'server/console.ts',
    doors: server('db', 'access', 'audit', 'guard', 'notify', 'oidc', 'desk', 'trpc', 'http', 'shared'),
    types: ['broker/types.ts'],
  },
  { path: 'server/build', doors: broker('build') },
  {
    path: 'server/console.ts',
    doors: [...serverRooms.map((room) => room.path), ...server('router', 'root.ts', 'http')],
    types: ['broker/types.ts'],
  },
  { path: 'server/state.ts', doors: server('db', 'desk', 'guard') },
  { path: 'server/plan.ts', doors: [...server('oidc', 'shared'), 'broker/index.ts'] },
  {
    path: 'server/main.ts',
    doors: [
      ...serverRooms.map((room) => room.path),
      ...server('router', 'root.ts', 'console.ts', 'plan.ts', 'state.ts', 'http', 'build'),
      'broker/index.ts',
      'broker/types.ts',
    ],
  },

  { path: 'components/ui', doors: server('shared') },
  { path: 'components/format', doors: server('shared') },
  { path: 'components/i18n', doors: server('shared') },
  { path: 'components/chart', doors: [...wordless, 'server/shared'] },
  { path: 'components/data-table', doors: [...wordless, 'server/shared'] },
  { path: 'components/trpc', doors: server('shared'), types: server('root.ts') },
  { path: 'components/shell', doors: [...frame, 'server/shared'] },
  { path: 'components/change', doors: [...frame, 'server/shared'] },
  // A client says the same of itself wherever it is opened.
  { path: 'components/client', doors: [...frame, 'components/shell', 'server/shared'], types: server('root.ts') },
  ...nouns.map((noun) => ({
    path: `components/${noun}`,
    doors: [...frame, ...components('chart', 'shell', 'change', 'client'), 'server/shared'],
    types: server('root.ts'),
  })),
  {
    path: 'app',
    doors: [
      ...frame,
      ...components('chart', 'shell', 'change', 'client', ...nouns),
      ...server('root.ts', 'rsc.tsx', 'shared'),
    ],
  },
]
