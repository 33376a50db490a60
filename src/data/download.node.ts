// Downloads a known set, file by file: a broken transfer leaves a ".part" file that the next one goes on from (HTTP ranges,
// RFC 9110 §14), and a file takes its name only when all of it is there and its checksum is right.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { get as getHttp, type IncomingMessage, STATUS_CODES } from "node:http";
import { get as getHttps } from "node:https";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { InputError, suggest } from "../errors/index.ts";
import { reasonOf } from "./container.node.ts";
import { type Download, type DownloadFile, listDownloads } from "./downloads.ts";

export interface DownloadOptions {
  /** Told as bytes arrive, of the whole set: those there already count as received. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Stops the download; what has come stays, and the next call goes on from it. */
  readonly signal?: AbortSignal;
  /** The table of sets (default: `listDownloads()`). */
  readonly downloads?: readonly Download[];
}

export interface DownloadProgress {
  /** The file under way. */
  readonly file: string;
  /** Bytes of the set that are there. */
  readonly received: number;
  /** Bytes of the set. */
  readonly total: number;
}

/** What was downloaded. */
export interface Downloaded {
  /** What to give after --data: the set's only file, or else the folder. */
  readonly path: string;
  readonly licence: string;
}

/** A server that says nothing for so long is taken for dead. */
const PATIENCE_MS = 30_000;
const MOST_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/** What the disk refuses with; the network's codes are others. */
const DISK_ERRORS = ["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "EEXIST", "ENOTDIR", "EISDIR", "ENAMETOOLONG"];
const UNREACHABLE = ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH", "ETIMEDOUT"];

/**
 * Downloads the set called `name` into `folder`, which is made where it does not exist. Files that are there already are checked
 * and kept. InputError when there is no such set, when the network, the server or the disk fails, and when a checksum is wrong.
 *
 * @example const { path } = await downloadSet("mnist", "data/mnist"); // then openDataset(path, { seed: 1 })
 */
export async function downloadSet(
  name: string,
  folder: string,
  { onProgress = () => {}, signal, downloads = listDownloads() }: DownloadOptions = {},
): Promise<Downloaded> {
  const set = downloads.find((each) => each.name === name);
  if (set === undefined) {
    const names = downloads.map((each) => each.name);
    throw new InputError(`data get: there is no set ${JSON.stringify(name)} to download; ${suggest(name, names)}`);
  }
  const total = set.files.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  try {
    await mkdir(folder, { recursive: true });
    for (const file of set.files) {
      const tell = (received: number) => onProgress({ file: file.name, received: before + received, total });
      await downloadFile(file, set.addresses, join(folder, file.name), tell, signal);
      before += file.bytes;
    }
  } catch (error) {
    if (!DISK_ERRORS.includes(codeOf(error))) throw error;
    throw new InputError(`data get: cannot write into ${folder}: ${reasonOf(error)}. Give another folder.`, {
      cause: error,
    });
  }
  return { path: set.files.length === 1 ? join(folder, set.files[0].name) : folder, licence: set.licence };
}

/** Brings one file to `path`, from the first address that gives it. */
async function downloadFile(
  file: DownloadFile,
  addresses: readonly string[],
  path: string,
  tell: (received: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  if ((await sizeOf(path)) > 0) {
    const wrong = await mismatch(path, file);
    if (wrong) throw new InputError(`data get: ${path} is there already and ${wrong}. Move it away and try again.`);
    tell(file.bytes);
    return;
  }
  const part = `${path}.part`;
  if ((await sizeOf(part)) > file.bytes) await rm(part);
  const failures: string[] = [];
  for (const address of addresses) {
    if ((await sizeOf(part)) === file.bytes) break;
    const url = new URL(file.name, address);
    try {
      await transfer(url, part, file.bytes, tell, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (DISK_ERRORS.includes(codeOf(error))) throw error;
      failures.push(`${url.href} ${failureOf(error)}`);
    }
  }
  const received = await sizeOf(part);
  if (received !== file.bytes) {
    const next = received > 0 ? `Run it again to go on after ${received} of ${file.bytes} bytes` : "Try again later";
    throw new InputError(`data get: ${failures.join("; ")}. ${next}, or save the file as ${path} yourself.`);
  }
  const wrong = await mismatch(part, file);
  if (wrong) {
    await rm(part);
    throw new InputError(`data get: what came for ${path} ${wrong}; it was removed. Run it again, or try later.`);
  }
  await settle(part);
  await rename(part, path);
}

/** Adds to `part` what is missing of the file at `url`, or begins anew where the server gives no ranges. An Error with a short reason when less comes. */
async function transfer(
  url: URL,
  part: string,
  bytes: number,
  tell: (received: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const there = await sizeOf(part);
  const response = await request(url, there > 0 ? { range: `bytes=${there}-` } : {}, signal);
  try {
    const { statusCode = 0, headers } = response;
    if (statusCode === 416) await rm(part); // what is there is no beginning of that file
    if (statusCode !== 200 && statusCode !== 206) {
      throw new Error(`answers ${statusCode} ${STATUS_CODES[statusCode] ?? ""}`.trimEnd());
    }
    const [, start, whole] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers["content-range"] ?? "") ?? [];
    const from = statusCode === 206 ? Number(start) : 0;
    const length = statusCode === 206 ? whole : headers["content-length"]; // of the whole file, where it is told
    if (statusCode === 206 && from !== there)
      throw new Error(`gives the bytes from ${start} where ${there} was asked for`);
    if (length !== undefined && Number(length) !== bytes) throw new Error(`has ${length} bytes, not ${bytes}`);

    let received = from;
    const file = await open(part, from > 0 ? "a" : "w");
    try {
      // Each piece is on its way to the disk before the next is asked for: what came before a transfer broke off is kept.
      for await (const chunk of response as AsyncIterable<Uint8Array>) {
        received += chunk.length;
        if (received > bytes) throw new Error(`sends more than ${bytes} bytes`);
        await file.writeFile(chunk);
        tell(received);
      }
    } finally {
      await file.close();
    }
    signal?.throwIfAborted();
    if (received < bytes) throw new Error(`ended after ${received} of ${bytes} bytes`);
  } finally {
    response.destroy();
  }
}

/** The answer to a GET, redirections followed; its bytes as they lie, never unpacked on the way. */
async function request(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  let at = url;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const response = await send(at, { "accept-encoding": "identity", "user-agent": "ganforge", ...headers }, signal);
    const { location } = response.headers;
    if (!REDIRECTS.includes(response.statusCode ?? 0) || location === undefined) return response;
    response.destroy();
    at = new URL(location, at);
  }
  throw new Error(`redirects more than ${MOST_REDIRECTS} times`);
}

function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const get = url.protocol === "https:" ? getHttps : getHttp;
    const sent = get(url, { headers, timeout: PATIENCE_MS, ...(signal && { signal }) }, (response) => {
      sent.on("timeout", () => response.destroy(silent));
      resolve(response);
    });
    const silent = new Error(`said nothing for ${PATIENCE_MS / 1000} seconds`);
    sent.on("timeout", () => sent.destroy(silent));
    sent.on("error", reject);
  });
}

function failureOf(error: unknown): string {
  const code = codeOf(error);
  if (code === "ECONNRESET") return "broke off";
  return UNREACHABLE.includes(code) ? `cannot be reached (${code}; no network?)` : reasonOf(error);
}

/** What tells a file from the one that is known, or undefined. */
async function mismatch(path: string, { bytes, sha256 }: DownloadFile): Promise<string | undefined> {
  const size = await sizeOf(path);
  if (size !== bytes) return `has ${size} bytes, not ${bytes}`;
  if (sha256 === undefined) return undefined;
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  const sum = hash.digest("hex");
  return sum === sha256 ? undefined : `has the SHA-256 ${sum}, not ${sha256}`;
}

/** Has the disk keep what was written, so that a file with a name is a whole one even after a power cut. */
async function settle(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Bytes; 0 where there is no file. */
async function sizeOf(path: string): Promise<number> {
  const info = await stat(path).catch((error) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  return info?.size ?? 0;
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? `${error.code}` : "";
}
