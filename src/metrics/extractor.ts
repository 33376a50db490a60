// What turns pictures into features: the eyes of FID and its kin. Its name goes with every figure, so that nobody compares figures seen
// by different eyes.

export interface Extractor {
  /** "glyphs-classifier", "inception-v3.onnx". */
  readonly name: string;
  /** Tells it from others of the same name: the first 12 hexadecimal digits of the SHA-256 of its weights. */
  readonly fingerprint: string;
  /** d, numbers it sees in a picture. */
  readonly features: number;
  /** Names of the classes it tells, where it tells any. */
  readonly classes?: readonly string[];
  /** Its share of right answers on held-out pictures, 0 to 1, where that is known. */
  readonly accuracy?: number;
  /** How pictures are brought to its input, in words: size, resize, range. */
  readonly protocol: string;
  /** Features [n, d], and logits [n, K] where it tells classes, of images [n, C, H, W] in [−1, 1]. InputError for images it cannot take. */
  extract(images: Float32Array, shape: readonly number[]): Promise<{ features: Float32Array; logits?: Float32Array }>;
  close(): Promise<void>;
}
