// The server of a sitting, for this machine alone: bound to 127.0.0.1, deaf to other names for it (which keeps out pages that have a
// name of theirs point here) and to whoever does not know the token in its address.

import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { InputError } from "../errors/index.ts";
import { isJsonObject, type JsonObject, parseJson } from "../formats/index.ts";
import { type Judgement, judge, judgementSection } from "../report/index.ts";
import { judgePage, MASKS } from "./judge-page.ts";
import { drawMasks, Sitting, type SittingOptions } from "./sitting.ts";

export interface JudgeOptions extends SittingOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Keeps an answer; the next question waits for it. */
  readonly keep: (judgement: Judgement) => Promise<void>;
}

export interface JudgeServer {
  /** The page's address, with its token. */
  readonly url: string;
  readonly judgements: readonly Judgement[];
  /** Resolves when the last answer has come; rejects when one could not be kept. */
  readonly finished: Promise<void>;
  close(): Promise<void>;
}

/** Longest body of a request that is read, in bytes. */
const MOST_BYTES = 1000;

/** What a request is answered with. */
interface Reply {
  readonly status: number;
  readonly type: "text/html" | "text/plain" | "application/json" | "image/png";
  readonly body: string | Uint8Array;
}

const plain = (status: number, body: string): Reply => ({ status, type: "text/plain", body: `${body}\n` });
const png = (bytes: Uint8Array | undefined): Reply =>
  bytes === undefined ? plain(404, "There is no such picture.") : { status: 200, type: "image/png", body: bytes };

/** Serves a sitting until it is closed. InputError when the port is taken or forbidden. */
export async function openJudge({ port, keep, ...options }: JudgeOptions): Promise<JudgeServer> {
  const sitting = new Sitting(options);
  const masks = drawMasks(MASKS, options.seed);
  const token = randomBytes(16).toString("base64url");
  const nonce = randomBytes(16).toString("base64url");
  const { promise: finished, resolve, reject } = deferred();
  let kept = Promise.resolve();

  /** What comes next: a question, or the result. */
  const next = (status: number): Reply => {
    const { question } = sitting;
    const result = () =>
      judgementSection(judge(sitting.judgements, { staircase: options.exposure === "staircase" })).text;
    const body = question === undefined ? { done: true, result: result() } : { question };
    return { status, type: "application/json", body: JSON.stringify(body) };
  };

  const answer = async (request: IncomingMessage): Promise<Reply> => {
    const given = await readAnswer(request);
    if (given === undefined) return plain(400, "An answer is { question, answer }, as JSON of at most 1000 bytes.");
    const judgement = sitting.answer(given.question, given.answer);
    if (judgement === undefined) return next(409);
    kept = kept.then(() => keep(judgement)); // one after another, whoever sends two at once
    await kept;
    return next(200);
  };

  const reply = async (request: IncomingMessage): Promise<Reply> => {
    const { host = "", origin, "sec-fetch-site": site } = request.headers;
    if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host)) return plain(403, "Not a name of this machine.");
    if (origin !== undefined && origin !== `http://${host}`) return plain(403, "Not from this page.");
    if (site !== undefined && site !== "same-origin" && site !== "none") return plain(403, "Not from this page.");
    const [, given, what, ...rest] = (request.url ?? "").split("?")[0].split("/");
    if (!isEqual(given ?? "", token)) return plain(404, "Nothing is here. The whole address stands in the terminal.");
    const method = what === "answer" ? "POST" : "GET";
    if (request.method !== method) return plain(405, `Only ${method} is answered here.`);
    const [first, second] = rest.map(Number);
    if (what === "" && rest.length === 0) return { status: 200, type: "text/html", body: judgePage(nonce).text };
    if (what === "question" && rest.length === 0) return next(200);
    if (what === "answer" && rest.length === 0) return answer(request);
    if (what === "picture" && rest.length === 2) return png(sitting.picture(first, second));
    if (what === "mask" && rest.length === 1) return png(masks[first]);
    return plain(404, "Nothing is here.");
  };

  const server = createServer((request, response) => {
    reply(request).then(
      (given) => {
        const last = sitting.question === undefined && request.method === "POST" && given.status === 200;
        send(response, given, nonce, last ? resolve : undefined);
      },
      (error) => {
        send(response, plain(500, "The answer could not be kept."), nonce);
        reject(error);
      },
    );
  });
  await new Promise<void>((listening, failed) => {
    server.once("error", (error) => failed(explain(error, port)));
    server.listen(port, "127.0.0.1", listening);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}/${token}/`,
    judgements: sitting.judgements,
    finished,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeIdleConnections();
        // Whoever is being answered gets the rest of it, for a second.
        setTimeout(() => server.closeAllConnections(), 1000).unref();
      }),
  };
}

function send(response: ServerResponse, { status, type, body }: Reply, nonce: string, sent?: () => void): void {
  response.writeHead(status, {
    "content-type": type.startsWith("text/") ? `${type}; charset=utf-8` : type,
    "cache-control": "no-store",
    "content-security-policy": `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    ...(sent && { connection: "close" }),
  });
  response.end(body, sent);
}

/** The answer in a request's body; undefined when it is none. */
async function readAnswer(
  request: IncomingMessage,
): Promise<{ readonly question: number; readonly answer: string } | undefined> {
  if (request.headers["content-type"] !== "application/json") return undefined;
  const { question, answer } = parsed(await readText(request));
  return typeof question === "number" && typeof answer === "string" ? { question, answer } : undefined;
}

/** A request's body; nothing of one that is too long, or whose sender went away. */
async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MOST_BYTES) return "";
      chunks.push(chunk);
    }
  } catch {
    return "";
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(text: string): JsonObject {
  try {
    const value = parseJson(text, "answer");
    return isJsonObject(value) ? value : {};
  } catch (error) {
    if (error instanceof InputError) return {};
    throw error;
  }
}

/** Compares in a time that does not tell how much of it is right. */
function isEqual(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function explain(error: NodeJS.ErrnoException, port: number): unknown {
  const reason = { EADDRINUSE: "it is taken", EACCES: "this user may not use it" }[error.code ?? ""];
  if (reason === undefined) return error;
  return new InputError(`--port: ${port} cannot be used: ${reason}. Leave --port out to take a free one.`, {
    cause: error,
  });
}

function deferred() {
  let resolve: () => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<void>((kept, broken) => {
    [resolve, reject] = [kept, broken];
  });
  return { promise, resolve, reject };
}
