/** A program that runs connectors, and what it must make of this one. */
export interface Host {
  readonly name: string;
  /** Throws what is wrong; Missing where the host cannot run here. */
  run(using: Using): Promise<void>;
}

interface Using {
  /** Kept between runs: virtual environments. */
  readonly cache: string;
  /** The built CLI. */
  readonly executable: string;
  /** Empty, for this run of this host. */
  readonly folder: string;
}
