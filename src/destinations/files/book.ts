import {mkdir, open, readFile, rename} from 'node:fs/promises';
import {join} from 'node:path';
import * as z from 'zod';
import {configError} from '../../errors.js';

const part = z.object({file: z.string(), bytes: z.number(), generation: z.number()});

const streamEntry = z.object({
  name: z.string(),
  namespace: z.string(),
  /** What readers see: the first `bytes` bytes of the file; undefined: nothing yet. */
  current: part.optional(),
  /** What will take its place. */
  next: part.optional(),
  /** `next` is complete: it only has to be renamed. */
  swap: z.boolean(),
  sample: z.boolean(),
  state: z.object({text: z.string(), generation: z.number(), syncId: z.number().optional(), at: z.number()}).optional(),
});

const book = z.object({
  v: z.literal(1),
  job: z.object({syncId: z.number(), fingerprint: z.string()}).optional(),
  streams: z.array(streamEntry),
});

export type StreamEntry = z.infer<typeof streamEntry>;
export type Book = z.infer<typeof book>;

const bookName = '_state.json';

/** The book of a folder: how much of each file counts, and the states. An absent one is empty; a broken one is a config_error. */
export async function readBook(folder: string): Promise<Book> {
  await mkdir(folder, {recursive: true}).catch((thrown: unknown) => {
    throw configError(`${folder} is no folder that can be written: name another with --into`, {cause: thrown});
  });
  let text: string;
  try {
    text = await readFile(join(folder, bookName), 'utf8');
  } catch {
    return {v: 1, streams: []};
  }
  try {
    return book.parse(JSON.parse(text));
  } catch (thrown) {
    throw configError(`${join(folder, bookName)} cannot be read: move the folder away and sync again`, {cause: thrown});
  }
}

/** Replaces the book as a whole, so that rows and the state that covers them count together or not at all. */
export async function writeBook(folder: string, content: Book): Promise<void> {
  const file = join(folder, bookName);
  const handle = await open(`${file}.part`, 'w');
  try {
    await handle.writeFile(`${JSON.stringify(content, undefined, 1)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.part`, file);
}

/** A file name for a stream, unlike those `taken` also where the file system tells no case apart. */
export function fileName(stream: string, ending: string, taken: ReadonlySet<string>): string {
  const base =
    stream
      .replace(/[^\p{L}\p{N}._-]/gu, '_')
      .replace(/^[._]/, '-')
      .slice(0, 120) || '-';
  for (let n = 1; ; n++) {
    const name = `${n === 1 ? base : `${base}_${n}`}${ending}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
}
