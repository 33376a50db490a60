// A classifier's file: safetensors, what is known of it as JSON in the metadata, sealed by a SHA-256 over all of it.

import { InputError } from "../errors/index.ts";
import { encodeUtf8, isJsonObject, parseJson, readSafetensors, writeSafetensors } from "../formats/index.ts";
import type { Sha256 } from "../train/index.ts";
import { type Classifier, type ClassifierFacts, weightBytes } from "./classifier.ts";

const FORMAT = "ganforge-classifier";
const VERSION = "1";

/** The bytes of a classifier's file. */
export async function encodeClassifier(classifier: Classifier, sha256: Sha256): Promise<Uint8Array> {
  const json = JSON.stringify(classifier.facts);
  const seal = await sha256([encodeUtf8(json), ...weightBytes(classifier)]);
  return writeSafetensors(classifier.tensors, { format: FORMAT, version: VERSION, classifier: json, sha256: seal });
}

/** The classifier in a file. InputError, naming `where`, when it is none, when it is damaged, and when a newer ganforge wrote it. */
export async function decodeClassifier(bytes: Uint8Array, where: string, sha256: Sha256): Promise<Classifier> {
  const { tensors, metadata } = readSafetensors(bytes, where);
  const { format, version, classifier: json = "", sha256: written = "" } = metadata;
  if (format !== FORMAT) {
    throw new InputError(
      `${where}: it is ${format ?? "other weights"}, not ${FORMAT}. Make one: ganforge train-classifier`,
    );
  }
  if (version !== VERSION) {
    throw new InputError(`${where}: ${FORMAT} version ${version}, this ganforge reads ${VERSION}. Update ganforge.`);
  }
  const found = await sha256([encodeUtf8(json), ...weightBytes({ tensors })]);
  if (found !== written) {
    throw new InputError(
      `${where}: damaged: its SHA-256 is ${found.slice(0, 8)}…, it was written with ${written.slice(0, 8)}…. Make it again: ganforge train-classifier`,
    );
  }
  const facts = parseJson(json, where);
  if (!isJsonObject(facts)) throw new InputError(`${where}: what it says of itself is no object. Make it again.`);
  return { facts: facts as unknown as ClassifierFacts, tensors };
}
