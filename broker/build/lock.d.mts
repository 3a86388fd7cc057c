// broker/build/lock.d.mts: the types of lock.mjs, for tests.
export declare function locked<T>(file: string, work: () => Promise<T>, onWait?: (holder: number) => void): Promise<T>
export declare function isAlive(pid: number): boolean
