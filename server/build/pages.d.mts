// server/build/pages.d.mts: the types of pages.mjs.
export declare function pagesAreBuilt(): boolean
export declare function ensurePages(say: (line: string) => void): Promise<void>
