type Defined<T> = {readonly [K in keyof T]?: Exclude<T[K], undefined>};

/** The members that are not undefined: absent is written by leaving out. */
export function defined<T extends object>(members: T): Defined<T>;
export function defined(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
