/** A file that is installed beside `src/` and `dist/`. */
export const packageFile = (name: string): URL => new URL(`../${name}`, import.meta.url);
