// test/support/chromium.d.mts: the types of chromium.mjs.
export declare function findChromium(): Promise<string | undefined>
export declare function findOrFetchChromium(say: (line: string) => void): Promise<string | undefined>
