// broker/build/bundle.d.mts: the types of bundle.mjs, for tests.
export declare const projectRoot: string
export declare function ensureBundle(name: 'broker' | 'server', say?: (line: string) => void): Promise<string>
