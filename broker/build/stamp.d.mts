// broker/build/stamp.d.mts: the types of stamp.mjs, for tests.
export declare function stampOf(root: string, parts: readonly string[], options?: Record<string, string>): string
export declare function filesOf(root: string, parts: readonly string[]): string[]
