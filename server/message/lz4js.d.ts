// server/message/lz4js.d.ts: the one function of lz4js that is used here; the package brings no types.
declare module 'lz4js' {
  const lz4: {
    /** Bytes of an LZ4 frame. Throws when they do not fit `maxSize`. */
    decompress(source: Uint8Array, maxSize?: number): Uint8Array
  }
  export default lz4
}
