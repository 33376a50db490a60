// A configuration file: one JSON object whose keys are the flags in camel case.

import { readFile } from "node:fs/promises";
import { InputError, suggest } from "../errors/index.ts";
import { decodeUtf8, isJsonObject, parseJson } from "../formats/index.ts";
import type { OptionValue } from "../recipes/index.ts";
import { explainFileError } from "./files.node.ts";
import { parseSettings, type SettingSpecs } from "./settings.ts";

/** The file's settings, checked as flags are; throws InputError, naming the file, for keys that are no flags and values that do not fit. */
export async function readConfigFile(file: string, specs: SettingSpecs): Promise<Record<string, OptionValue>> {
  const where = `--config: ${file}`;
  const bytes = await readFile(file).catch((error) => {
    throw explainFileError(where, error, "Name a JSON file.");
  });
  const value = parseJson(decodeUtf8(bytes, where), where);
  if (!isJsonObject(value)) {
    throw new InputError(`${where}: must hold one JSON object, such as {"steps": 1000}, got ${JSON.stringify(value)}.`);
  }
  for (const key of Object.keys(value)) {
    if (Object.hasOwn(specs, key)) continue;
    throw new InputError(`${where}: there is no setting "${key}"; ${suggest(key, Object.keys(specs))}`);
  }
  try {
    return parseSettings(specs, value);
  } catch (cause) {
    throw cause instanceof InputError ? new InputError(`${where}: ${cause.message}`, { cause }) : cause;
  }
}
