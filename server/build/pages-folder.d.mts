// server/build/pages-folder.d.mts: the types of pages-folder.mjs.
/** Where the pages of a base path lie, below the top of the project. */
export function pagesFolder(basePath: string): string
