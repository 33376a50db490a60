// metrics.jsonl and its like: one JSON object a line, appended as training goes, cut back to the checkpoint when it resumes.

import { InputError } from "../errors/index.ts";
import { decodeUtf8, encodeUtf8, isJsonObject, type JsonObject, type JsonValue } from "../formats/index.ts";
import type { Store } from "./store.ts";

/** The objects in a file of JSON lines; none when there is no such file. A last line without its "\n" was torn by a kill and is left out. */
export async function readJsonLines(store: Store, path: string): Promise<JsonObject[]> {
  const lines = await readLines(store, path);
  return lines.map((line, i) => parseLine(line, `${path}: line ${i + 1}`));
}

/**
 * Removes a torn last line, and the lines whose `step` is past `afterStep`, so that a run resumed from that step logs each step once.
 * All other lines stay as they are, byte for byte; the change is atomic.
 */
export async function truncateJsonLines(store: Store, path: string, afterStep: number): Promise<void> {
  if (!(await store.exists(path))) return;
  const lines = await readLines(store, path);
  const kept = lines.filter((line, i) => {
    const { step } = parseLine(line, `${path}: line ${i + 1}`);
    return typeof step !== "number" || step <= afterStep;
  });
  const bytes = encodeUtf8(kept.map((line) => `${line}\n`).join(""));
  if (bytes.length !== (await store.size(path))) await store.write(path, bytes);
}

/** The whole lines, without their "\n". */
async function readLines(store: Store, path: string): Promise<string[]> {
  if (!(await store.exists(path))) return [];
  const bytes = await store.read(path);
  // Cut before decoding: the torn part may end within a character.
  const text = decodeUtf8(bytes.subarray(0, bytes.lastIndexOf(10) + 1), path);
  return text.split("\n").slice(0, -1);
}

function parseLine(line: string, where: string): JsonObject {
  let value: JsonValue | undefined;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  if (isJsonObject(value)) return value;
  throw new InputError(`${where} is no JSON object: ${line.slice(0, 60)}. Repair or remove that line.`);
}
