// The contract of the Dataset family: numbered samples, read in batches, in any order. Whether they are drawn by a formula or
// decoded from an archive, `read` is a pure function of the indices, which is what makes shuffling, prefetching and resuming exact.

/** Something in the data that could not be used: a damaged image, an encrypted entry. */
export interface Problem {
  readonly item: string;
  readonly reason: string;
}

/** Samples side by side. */
export interface Batch {
  /** [n, ...shape]; images in [−1, 1], channels first. */
  readonly values: Float32Array;
  /** [n]: each sample's place in `classes`, or −1 where it has no label. */
  readonly labels: Int32Array;
}

/** A set of samples to train on; opened by name or path, closed by whoever opened it. */
export interface Dataset {
  /** What it was opened by: an embedded set's name or a path. */
  readonly spec: string;
  readonly kind: "images" | "points";
  /** One sample: [C, H, W] for images, [2] for points. */
  readonly shape: readonly number[];
  /** How many samples there are; Infinity for a set drawn on demand. */
  readonly count: number;
  /** Names of the labels; empty when unlabelled. */
  readonly classes: readonly string[];
  /** Tells whether the content is still the same (names, sizes, checksums), without reading it all; kept in run.json and compared on resume. */
  readonly fingerprint: string;
  /** Damaged items met so far, each once. Their places are filled by the next good sample. */
  readonly problems: readonly Problem[];
  /** The samples at these indices, each from 0 to count − 1. InputError when nothing in the set can be read. */
  read(indices: ArrayLike<number>): Promise<Batch>;
  close(): Promise<void>;
}

/** An embedded data set: its entry in `ganforge list data`, and how to open it. */
export interface DatasetSource {
  readonly name: string;
  /** One line. */
  readonly about: string;
  readonly kind: "images" | "points";
  readonly classes: readonly string[];
  /** Where samples gather, for sets made of Gaussians: the truth that mode coverage is measured against. */
  readonly mixture?: { readonly centres: readonly (readonly [x: number, y: number])[]; readonly sigma: number };
  open(options: DataOptions): Dataset;
}

/** How to open a data set. What is undefined takes the set's own value. */
export interface DataOptions {
  /** Keys everything random about the set's content. */
  readonly seed: number;
  /** Width and height of the images, in pixels. */
  readonly size?: number | undefined;
  /** 1 grey, 3 RGB, 4 RGB and alpha; without alpha, what is transparent is laid on white. */
  readonly channels?: 1 | 3 | 4 | undefined;
  /** For images from files: "center" cuts out the largest centred square (the default), "none" squeezes the whole into the square. */
  readonly crop?: "center" | "none" | undefined;
  /** For images from files: memory to keep decoded ones in, in MiB (default 512). */
  readonly cacheMiB?: number | undefined;
}
