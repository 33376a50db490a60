import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { type DownloadOptions, downloadSet } from "./download.node.ts";
import { type Download, listDownloads } from "./downloads.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const bytesOf = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, i) => Math.imul(i + 1, 2654435761 + seed) >>> 23);

const contents: Readonly<Record<string, Uint8Array>> = {
  "images.gz": bytesOf(300_000, 1),
  "labels.gz": bytesOf(1_000, 2),
};
const files = Object.entries(contents).map(([name, bytes]) => ({ name, bytes: bytes.length, sha256: sha256(bytes) }));
const total = 301_000;

type Answer = (request: IncomingMessage, response: ServerResponse, bytes: Uint8Array) => void;

/** Serves ranges, as most servers do. */
const withRanges: Answer = (request, response, bytes) => {
  const [, start] = /^bytes=(\d+)-$/.exec(request.headers.range ?? "") ?? [];
  if (start === undefined) return whole(request, response, bytes);
  const end = bytes.length - 1;
  const headers = {
    "content-range": `bytes ${start}-${end}/${bytes.length}`,
    "content-length": bytes.length - Number(start),
  };
  response.writeHead(206, headers).end(bytes.subarray(Number(start)));
};

/** Knows nothing of ranges. */
const whole: Answer = (_, response, bytes) => {
  response.writeHead(200, { "content-length": bytes.length }).end(bytes);
};

/** Breaks the connection after `count` bytes. */
const cutAfter =
  (count: number): Answer =>
  (_, response, bytes) => {
    response.writeHead(200, { "content-length": bytes.length });
    response.write(bytes.subarray(0, count), () => response.socket?.end()); // all of it arrives, then the connection ends
  };

let answer: Answer;
let requests: { path: string; range: string | undefined }[];
let address: string;
let folder: string;
let close: () => void;

beforeEach(async () => {
  requests = [];
  answer = withRanges;
  folder = mkdtempSync(join(tmpdir(), "ganforge-download-"));
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    requests.push({ path, range: request.headers.range });
    const bytes = contents[path.slice(path.lastIndexOf("/") + 1)];
    if (bytes === undefined) response.writeHead(404).end("no such file");
    else answer(request, response, bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sets/`;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterEach(() => {
  close();
  rmSync(folder, { recursive: true, force: true });
});

const get = (set: Partial<Download> = {}, options: DownloadOptions = {}) => {
  const download = { name: "tiny", about: "", licence: "CC0 1.0", addresses: [address], files, ...set };
  return downloadSet("tiny", folder, { downloads: [download], ...options });
};
const one = { files: files.slice(0, 1) };
const path = (name: string) => join(folder, name);
/** Whether the file is there, byte for byte. */
const arrived = async (name: string) => Buffer.compare(await readFile(path(name)), contents[name]) === 0;
const refusal = async (set?: Partial<Download>, options?: DownloadOptions): Promise<string> => {
  const error = await get(set, options).then(
    () => undefined,
    (failed) => failed,
  );
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).not.toContain("\n");
  return error.message;
};

describe("a download", () => {
  test("brings every file, byte for byte, tells how far it is, and says what to give to --data and under what licence", async () => {
    const told: number[] = [];
    const result = await get(
      {},
      { onProgress: ({ received, total: of }) => told.push(received) && expect(of).toBe(total) },
    );
    expect(result).toEqual({ path: folder, licence: "CC0 1.0" });
    expect(await readdir(folder)).toEqual(["images.gz", "labels.gz"]);
    for (const name of Object.keys(contents)) expect(await arrived(name), name).toBe(true);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(total);
    expect((await get(one)).path).toBe(path("images.gz"));
  });

  test("of files that are there asks nothing of the network", async () => {
    await get();
    requests = [];
    const told: number[] = [];
    await get({}, { onProgress: ({ received }) => told.push(received) });
    expect(requests).toEqual([]);
    expect(told).toEqual([300_000, total]);
  });

  test("that broke off goes on from where it was", async () => {
    answer = cutAfter(120_000);
    expect(await refusal(one)).toMatch(/images.gz broke off\. Run it again to go on after \d+ of 300000 bytes/);
    const kept = (await stat(path("images.gz.part"))).size;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThanOrEqual(120_000);
    expect(await readdir(folder)).toEqual(["images.gz.part"]);
    answer = withRanges;
    const told: number[] = [];
    await get(one, { onProgress: ({ received }) => told.push(received) });
    expect(requests.map(({ range }) => range)).toEqual([undefined, `bytes=${kept}-`]);
    expect(told[0]).toBeGreaterThan(kept);
    expect(await arrived("images.gz")).toBe(true);
    expect(await readdir(folder)).toEqual(["images.gz"]);
  });

  test("from a server without ranges begins anew and ends the same", async () => {
    await writeFile(path("images.gz.part"), contents["images.gz"].subarray(0, 5000));
    answer = whole;
    await get(one);
    expect(requests[0].range).toBe("bytes=5000-");
    expect(await arrived("images.gz")).toBe(true);
  });

  test("that was stopped fails with the reason it was stopped for, and goes on the next time", async () => {
    const stop = new AbortController();
    answer = (_, response, bytes) => {
      response.writeHead(200, { "content-length": bytes.length }).write(bytes.subarray(0, 50_000)); // and then nothing
    };
    const reason = new Error("enough");
    const stopped = get(one, { signal: stop.signal, onProgress: () => stop.abort(reason) });
    await expect(stopped).rejects.toBe(reason);
    expect((await stat(path("images.gz.part"))).size).toBeGreaterThan(0);
    answer = withRanges;
    await get(one);
    expect(requests[1].range).toMatch(/^bytes=[1-9]\d*-$/);
    expect(await arrived("images.gz")).toBe(true);
  });

  test("follows redirections, and not for ever", async () => {
    answer = (request, response, bytes) => {
      if (request.url?.startsWith("/sets/")) response.writeHead(302, { location: "/mirror/images.gz" }).end();
      else withRanges(request, response, bytes);
    };
    await get(one);
    expect(requests.map((each) => each.path)).toEqual(["/sets/images.gz", "/mirror/images.gz"]);
    rmSync(path("images.gz"));
    answer = (_, response) => response.writeHead(301, { location: "/sets/images.gz" }).end();
    expect(await refusal(one)).toContain("redirects more than 5 times");
  });

  test("tries the next address when one fails, and goes on there with what has come", async () => {
    answer = (request, response, bytes) => {
      if (request.url?.startsWith("/sets/")) cutAfter(100_000)(request, response, bytes);
      else withRanges(request, response, bytes);
    };
    await get({ ...one, addresses: [address, new URL("../mirror/", address).href] });
    expect(requests[1].path).toBe("/mirror/images.gz");
    expect(requests[1].range).toMatch(/^bytes=[1-9]\d*-$/);
    expect(await arrived("images.gz")).toBe(true);
  });
});

describe("in one line refuses", () => {
  test("wrong bytes, which it removes", async () => {
    answer = (request, response, bytes) =>
      withRanges(
        request,
        response,
        bytes.map((byte) => byte ^ 1),
      );
    expect(await refusal(one)).toMatch(/images\.gz has the SHA-256 [0-9a-f]{64}, not [0-9a-f]{64}; it was removed/);
    expect(await readdir(folder)).toEqual([]);
  });

  test("a beginning that was of another file, once all is there, and is right the next time", async () => {
    await writeFile(path("images.gz.part"), bytesOf(5000, 9));
    expect(await refusal(one)).toContain("it was removed");
    await get(one);
    expect(requests.map(({ range }) => range)).toEqual(["bytes=5000-", undefined]);
  });

  test("a file that is shorter or longer than the known one, before or while it comes", async () => {
    answer = (_, response) => response.writeHead(200, { "content-length": 9 }).end("sorry! :(");
    expect(await refusal(one)).toContain("has 9 bytes, not 300000");
    answer = (_, response) => response.writeHead(200).end("sorry! :("); // chunked: of no known length
    expect(await refusal(one)).toContain("ended after 9 of 300000 bytes");
    rmSync(path("images.gz.part"));
    answer = (_, response, bytes) => {
      response.writeHead(200).write(bytes);
      response.end("more");
    };
    expect(await refusal(one)).toContain("sends more than 300000 bytes");
  });

  test("a part that the server has no rest for, and removes it", async () => {
    await writeFile(path("images.gz.part"), "12345");
    answer = (_, response) => response.writeHead(416).end();
    expect(await refusal(one)).toContain("answers 416 Range Not Satisfiable");
    expect(await readdir(folder)).toEqual([]);
  });

  test("a range that was not asked for", async () => {
    await writeFile(path("images.gz.part"), "12345");
    answer = (_, response) => response.writeHead(206, { "content-range": "bytes 7-299999/300000" }).end("x");
    expect(await refusal(one)).toContain("gives the bytes from 7 where 5 was asked for");
  });

  test("an address that has no such file, and one that nobody listens at", async () => {
    const missing = { files: [{ name: "absent.gz", bytes: 10 }] };
    expect(await refusal(missing)).toContain(`${address}absent.gz answers 404 Not Found. Try again later`);
    close();
    expect(await refusal(one)).toContain("cannot be reached (ECONNREFUSED; no network?)");
  });

  test("a file of that name that is another, which it leaves alone", async () => {
    await writeFile(path("images.gz"), "mine");
    expect(await refusal(one)).toMatch(/images\.gz is there already and has 4 bytes, not 300000\. Move it away/);
    expect(await readFile(path("images.gz"), "utf8")).toBe("mine");
  });

  test("a folder that cannot be one, and a set that is not known", async () => {
    await writeFile(path("file"), "");
    const download: Download = { name: "tiny", about: "", licence: "", addresses: [address], files };
    const inFile = downloadSet("tiny", path("file"), { downloads: [download] });
    await expect(inFile).rejects.toThrow(/^data get: cannot write into .*file: EEXIST.*\. Give another folder\.$/);
    await expect(downloadSet("mnits", folder)).rejects.toThrow(/"mnits" to download; did you mean "mnist"\?/);
  });
});

test("the table's sets have names of their own, licences, https or http addresses that end in a slash, and plain file names", () => {
  const table = listDownloads();
  expect(new Set(table.map(({ name }) => name)).size).toBe(table.length);
  for (const { licence, addresses, files: known } of table) {
    expect(licence).not.toBe("");
    for (const each of addresses) expect(each).toMatch(/^https?:\/\/[\w.-]+\/(.*\/)?$/);
    for (const { name, bytes, sha256: sum } of known) {
      expect(name).toMatch(/^[\w-]+(\.[\w-]+)+$/);
      expect(bytes).toBeGreaterThan(1000);
      if (sum !== undefined) expect(sum).toMatch(/^[0-9a-f]{64}$/);
    }
  }
});

const shared = new URL("../../../shared/data/", import.meta.url).pathname;
const real = ["mnist", "fashion-mnist"];
const present = (await stat(shared).catch(() => undefined)) !== undefined;
if (!present) console.info(`skipped: the real files of ${real.join(" and ")}, as ${shared} is absent`);

test.skipIf(!present).each(real)("what the table says of %s is true of the real files", async (name) => {
  for (const { name: file, bytes, sha256: sum } of listDownloads().find((each) => each.name === name)!.files) {
    const content = await readFile(join(shared, name, file));
    expect([content.length, sha256(content)]).toEqual([bytes, sum]);
  }
});
