// What the tests of data sets from files share: making files, opening them, and looking at samples.
import { writeFile } from "node:fs/promises";
import { afterEach, expect } from "vitest";
import { type DataOptions, type Dataset, openDataset } from "../../src/data/index.node.ts";
import { InputError } from "../../src/errors/index.ts";
import { temporaryFolder, writeTree } from "./fixtures.ts";

/** Makes files and folders in a place of its own, and opens sets that are closed after each test. */
export function workplace() {
  const path = temporaryFolder();
  let made = 0;
  const fresh = (ending: string) => path(`${made++}-${ending}`);
  const opened: Dataset[] = [];
  afterEach(async () => {
    for (const dataset of opened.splice(0)) await dataset.close();
  });
  const open = async (spec: string, options: Partial<DataOptions> = {}): Promise<Dataset> => {
    const dataset = await openDataset(spec, { seed: 1, ...options });
    opened.push(dataset);
    return dataset;
  };
  return {
    open,
    async file(ending: string, bytes: Uint8Array | string): Promise<string> {
      const at = fresh(ending);
      await writeFile(at, bytes);
      return at;
    },
    folder: (files: Readonly<Record<string, Uint8Array>>) => writeTree(fresh("folder"), files),
    /** The one line that this is refused with. */
    async refusal(spec: string, options: Partial<DataOptions> = {}): Promise<string> {
      const error = await open(spec, options).then(
        () => undefined,
        (failed) => failed,
      );
      expect(error).toBeInstanceOf(InputError);
      expect(error.message).not.toContain("\n");
      expect(error.message).toMatch(/^--[a-z-]+: .*(\.|did you mean ".*"\?)$/);
      return error.message;
    },
  };
}

/** The bytes 0 … 255 of the channels of one pixel of [C, H, W]. */
export function pixelOf(values: Float32Array, shape: readonly number[], x: number, y: number): number[] {
  const [channels, height, width] = shape;
  return Array.from({ length: channels }, (_, c) => Math.round((values[(c * height + y) * width + x] + 1) * 127.5));
}
