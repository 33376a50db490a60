// The default extractor of a data set: its classifier, trained once and kept in the user's cache folder, for all runs on the same data.

import { createHash } from "node:crypto";
import { homedir, platform } from "node:os";
import { join } from "node:path";
import type { Dataset } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { bytesOf } from "../formats/index.ts";
import { NodeStore, openNodeStore, sha256 } from "../train/index.node.ts";
import { type Classifier, classifierExtractor, doubtsAbout } from "./classifier.ts";
import { decodeClassifier, encodeClassifier } from "./classifier-file.ts";
import { FIT_DEFAULTS, type FitOptions, fitClassifier } from "./classifier-training.ts";
import type { Extractor } from "./extractor.ts";

export interface CachedOptions extends FitOptions {
  /** The cache folder (default: `cacheFolder()`). */
  readonly cache?: string | undefined;
  /** Told what the user should know, a line at a time: a damaged file, a full disk, a training that begins. */
  readonly tell?: (line: string) => void;
}

export interface CachedClassifier {
  readonly classifier: Classifier;
  /** Where it is kept; undefined where it could not be. */
  readonly path: string | undefined;
  /** Whether it was there already. */
  readonly found: boolean;
}

/** Raised when the same data, steps and seed would give other weights than before. */
const VERSION = 1;

/** Where ganforge keeps what it can make again: GANFORGE_CACHE, else "ganforge" in the user's cache folder (XDG_CACHE_HOME or the platform's own). */
export function cacheFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  const { GANFORGE_CACHE: own, XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = environment;
  if (own) return own;
  if (xdg) return join(xdg, "ganforge");
  if (platform() === "win32") return join(local || join(homedir(), "AppData", "Local"), "ganforge", "Cache");
  return platform() === "darwin"
    ? join(homedir(), "Library", "Caches", "ganforge")
    : join(homedir(), ".cache", "ganforge");
}

/** A set's classifier as an extractor, from the cache or trained now. As `cachedClassifier`; also tells when it is too bad to judge by. */
export async function defaultExtractor(dataset: Dataset, options: CachedOptions): Promise<Extractor> {
  const { classifier } = await cachedClassifier(dataset, options);
  const doubts = doubtsAbout(classifier.facts);
  if (doubts !== undefined) options.tell?.(doubts);
  return classifierExtractor(classifier, { ...options, sha256 });
}

/**
 * A set's classifier, of these steps and this seed: from the cache, or trained now and cached. A damaged file is told of and made again;
 * a cache that cannot be written is told of and done without. InputError for data that no classifier can learn.
 */
export async function cachedClassifier(dataset: Dataset, options: CachedOptions): Promise<CachedClassifier> {
  const { cache = cacheFolder(), tell = () => {} } = options;
  const folder = join(cache, "classifiers");
  const name = `${options.name.replace(/[^\w+-]+/g, "-")}-${await keyOf(dataset, options)}.safetensors`;
  const path = join(folder, name);
  const kept = await readKept(new NodeStore(folder), name, path, tell);
  if (kept) return { classifier: kept, path, found: true };
  const classifier = await fitClassifier(dataset, options);
  const isKept = await keep(folder, name, await encodeClassifier(classifier, sha256), tell);
  return { classifier, path: isKept ? path : undefined, found: false };
}

async function readKept(
  store: NodeStore,
  name: string,
  path: string,
  tell: (line: string) => void,
): Promise<Classifier | undefined> {
  try {
    if (!(await store.exists(name))) return undefined;
    return await decodeClassifier(await store.read(name), path, sha256);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    tell(`A classifier in the cache cannot be used and is made again: ${error.message}`);
    return undefined;
  }
}

async function keep(folder: string, name: string, bytes: Uint8Array, tell: (line: string) => void): Promise<boolean> {
  try {
    await (await openNodeStore(folder)).write(name, bytes);
    return true;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    tell(`The classifier is not kept in ${folder}: ${error.message} Another folder: GANFORGE_CACHE`);
    return false;
  }
}

/**
 * What a classifier's weights depend on, as twelve hexadecimal digits: the data, the shape of images, the labels, steps and seed. The
 * first images of a finite set are part of it, since a fingerprint tells nothing of how pictures were cropped.
 */
async function keyOf(
  dataset: Dataset,
  { steps = FIT_DEFAULTS.steps, seed = FIT_DEFAULTS.seed }: FitOptions,
): Promise<string> {
  const { fingerprint, shape, classes, attributes = [], count } = dataset;
  const facts = { fingerprint, shape, classes, attributes, steps, seed };
  const hash = createHash("sha256").update(JSON.stringify({ VERSION, ...facts }));
  if (Number.isFinite(count)) {
    const { values } = await dataset.read(Array.from({ length: Math.min(count, 4) }, (_, i) => i));
    hash.update(bytesOf(values));
  }
  return hash.digest("hex").slice(0, 12);
}
