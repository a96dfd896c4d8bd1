/** The part of WebAssembly that is used: Node's types name it only with those of browsers. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module);
    readonly exports: unknown;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
    /** By pages of 64 kB; what was the buffer before is detached. */
    grow(pages: number): number;
  }
}
