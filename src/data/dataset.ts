// The contract of the Dataset family: numbered samples, read in batches, in any order. Whether they are drawn by a formula or
// decoded from an archive, `read` is a pure function of the indices, which is what makes shuffling, prefetching and resuming exact.

/** Something in the data that could not be used: a damaged image, an encrypted entry. */
export interface Problem {
  readonly item: string;
  readonly reason: string;
}

/**
 * What the samples of a set are: pictures; points of the plane; pairs, a picture a with its counterpart b; two domains of pictures
 * a and b that no pairing joins; pictures with captions.
 */
export type DataKind = "images" | "points" | "pairs" | "domains" | "captions";

/** How a caption becomes numbers: words by their place in a vocabulary, or a vector that some encoder made of the sentence. */
export type TextForm =
  /** [words]: the places of the caption's words, counted from 1; 0 where it is shorter, and for words that are not known. */
  | { readonly kind: "words"; readonly words: number; readonly vocabulary: readonly string[] }
  | { readonly kind: "vectors"; readonly size: number };

/** What one sample holds: all that networks are built from, and what run.json records to build them again. */
export interface SampleForm {
  readonly kind: DataKind;
  /** The picture [C, H, W] or point [2]; of pairs and domains, a. */
  readonly sample: readonly number[];
  /** Of pairs and domains: b, [C, H, W]. */
  readonly target?: readonly number[];
  /** Names of the labels, of which a sample has one; empty when unlabelled. */
  readonly classes: readonly string[];
  /** Names of what a sample may have or not, each independent of the others; absent or empty when there are none. */
  readonly attributes?: readonly string[];
  /** Of captions. */
  readonly text?: TextForm;
}

/** Samples side by side. */
export interface Batch {
  /** [n, ...shape]; images in [−1, 1], channels first. */
  readonly values: Float32Array;
  /** [n]: each sample's place in `classes`, or −1 where it has no label. */
  readonly labels: Int32Array;
  /** [n, attributes.length] of 0 and 1, where the set has attributes. */
  readonly attributes?: Float32Array;
  /** [n, ...target]: of pairs. */
  readonly targets?: Float32Array;
  /** [n, words] or [n, size], by the set's `text`: of captions. */
  readonly texts?: Float32Array;
}

/** Of the picture files looked at when a set was opened, how many are of formats that lose detail: JPEG, lossy WebP. */
export interface LossyFiles {
  readonly count: number;
  readonly looked: number;
}

/** A set of samples to train on; opened by name or path, closed by whoever opened it. */
export interface Dataset {
  /** What it was opened by: an embedded set's name or a path. */
  readonly spec: string;
  readonly kind: DataKind;
  /** One sample: [C, H, W] for images, [2] for points; of pairs and domains, a. */
  readonly shape: readonly number[];
  /** Of pairs and domains: b, [C, H, W]. */
  readonly target?: readonly number[];
  /** How many samples there are; Infinity for a set drawn on demand. Of domains: in the larger one. */
  readonly count: number;
  /** Names of the labels; empty when unlabelled. */
  readonly classes: readonly string[];
  /** Names of what a sample may have or not (glasses, smile). */
  readonly attributes?: readonly string[];
  /** Of captions: how they become numbers. */
  readonly text?: TextForm;
  /** Tells whether the content is still the same (names, sizes, checksums), without reading it all; kept in run.json and compared on resume. */
  readonly fingerprint: string;
  /** Where samples come from picture files; of domains, each has its own. */
  readonly lossy?: LossyFiles;
  /** Those of the classes that no sample is of. */
  readonly empty?: readonly string[];
  /** Where there are no classes: the one folder that all samples lie in, which might be meant as a class. */
  readonly folder?: string;
  /** Of pairs: whether they are of the same names in folders trainA and trainB, which hold domains that nothing pairs. */
  readonly unpaired?: true;
  /** Damaged items met so far, each once. Their places are filled by the next good sample. */
  readonly problems: readonly Problem[];
  /** Of domains: the sets of a and of b, each in an order of its own; closing this set closes them. Nothing else may be read of it. */
  readonly domains?: { readonly a: Dataset; readonly b: Dataset };
  /** Where only some samples keep their labels: those, as a set of their own; closing this set closes it. */
  readonly labelled?: Dataset;
  /** Where pictures are cut out of larger ones: the set of these; closing this set closes it. */
  readonly larger?: Dataset;
  /** The samples at these indices, each from 0 to count − 1. InputError when nothing in the set can be read. */
  read(indices: ArrayLike<number>): Promise<Batch>;
  /** Of captions: the sentence of the sample at this index. */
  caption?(index: number): string;
  close(): Promise<void>;
}

/** An embedded data set: its entry in `ganforge list data`, and how to open it. */
export interface DatasetSource {
  readonly name: string;
  /** One line. */
  readonly about: string;
  readonly kind: DataKind;
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
  /** Width and height at which images are decoded; `size` is then cut out of them, for training at a place drawn at each reading. */
  readonly loadSize?: number | undefined;
  /** 1 grey, 3 RGB, 4 RGB and alpha; without alpha, what is transparent is laid on white. */
  readonly channels?: 1 | 3 | 4 | undefined;
  /** For images from files: "center" cuts out the largest centred square (the default), "none" squeezes the whole into the square. */
  readonly crop?: "center" | "none" | undefined;
  /** For images from files: memory to keep decoded ones in, in MiB (default 512). */
  readonly cacheMiB?: number | undefined;
  /** What to open it as, the preferred first, where it can be read in several ways (default: images from files, else the set's own kind). */
  readonly kinds?: readonly DataKind[] | undefined;
  /** A second set: domain B, or the counterparts by name of the first set's pictures. */
  readonly dataB?: string | undefined;
  /** The part to take of files that are divided (default "train"); of a set that is not, "train" is all. */
  readonly split?: Split | undefined;
  /** Makes pairs: each picture becomes b, and a is made from it. */
  readonly derive?: Derivation | undefined;
  /** How many samples of each class keep their label; the others have none. */
  readonly labelsPerClass?: number | undefined;
  /** Makes images of three grey pictures, one in each colour, whose class is those of all three. */
  readonly stack?: boolean | undefined;
  /** A table (CSV, TSV or CelebA's list) of what each image file has; else one found among the files. */
  readonly attributes?: string | undefined;
  /** Columns of that table, separated by commas: one makes the classes, several the attributes (default: all, as attributes). Of parquet files: the column of labels. */
  readonly labels?: string | undefined;
  /** A file of captions (JSONL or TSV); else one found among the files. */
  readonly captions?: string | undefined;
  /** A file of vectors, one for each caption. */
  readonly captionVectors?: string | undefined;
}

/** A part of a data set: what is learnt from, and what is kept apart to test on. */
export type Split = "train" | "test";

/** How a picture is made from its target: a line drawing, its shades of grey, a blurred copy, or its few main colours as flat areas. */
export type Derivation = "edges" | "grey" | "blur" | "colours";
