// Gzip, with a ceiling on what comes out.
import { promisify } from "node:util";
import { constants, gunzip, gunzipSync } from "node:zlib";
import { InputError } from "../errors/index.ts";
import { MAX_BYTES, reasonOf } from "./container.node.ts";
import { sniff } from "./sniff.ts";

const gunzipAsync = promisify(gunzip);

/** The bytes unpacked when they are gzip, else as they are. InputError when they are damaged, cut off, or unpack to more than 2 GiB. */
export async function gunzipped(bytes: Uint8Array, where: string): Promise<Uint8Array> {
  if (sniff(bytes.subarray(0, 3)) !== "gzip") return bytes;
  try {
    return await gunzipAsync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new InputError(
        `${where} unpacks to more than 2 GiB, too much to hold in memory. Unpack it with gunzip and give the result.`,
      );
    }
    throw new InputError(`${where} cannot be unpacked: ${reasonOf(error)}. Download the file again.`, { cause: error });
  }
}

/** The beginning of what a gzip file with this beginning unpacks to; other bytes as they are. */
export function gunzippedHead(head: Uint8Array): Uint8Array {
  if (sniff(head) !== "gzip") return head;
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array();
  }
}
