// The server as a browser, and as a stranger, meets it: real requests over the loopback.

import { request } from "node:http";
import { Script } from "node:vm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Judgement } from "../report/index.ts";
import { type JudgeServer, openJudge } from "./judge.node.ts";

const real = [Uint8Array.of(1), Uint8Array.of(2)];
const made = { "<b>run</b>": [Uint8Array.of(3), Uint8Array.of(4)] };
const options = { real, made, exposure: [250], sitting: 1, seed: 1, port: 0 } as const;

let server: JudgeServer;
let kept: Judgement[];

beforeEach(async () => {
  kept = [];
  server = await openJudge({
    ...options,
    keep: async (judgement) => {
      kept.push(judgement);
    },
  });
});
afterEach(() => server.close());

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Asks with exactly these headers: fetch would not send another host's name. */
function ask(
  path: string,
  {
    method = "GET",
    headers = {},
    body = "",
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Reply> {
  const { port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

const pathOf = (rest: string) => new URL(rest, server.url).pathname;
const json = { "content-type": "application/json" };
const answer = (question: number, word: string, headers: Record<string, string> = {}) =>
  ask(pathOf("answer"), {
    method: "POST",
    headers: { ...json, ...headers },
    body: JSON.stringify({ question, answer: word }),
  });
const parsed = ({ body }: Reply) => JSON.parse(body.toString());

describe("the page", () => {
  test("comes with a policy that lets it fetch nothing from elsewhere, and that nobody may frame or share", async () => {
    const { status, headers, body } = await ask(pathOf(""));
    expect(status).toBe(200);
    const policy = String(headers["content-security-policy"]);
    for (const rule of ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"])
      expect(policy).toContain(rule);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(headers).toMatchObject({ "cache-control": "no-store", "referrer-policy": "no-referrer" });
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    const page = body.toString();
    const [, nonce] = /script-src 'nonce-([\w-]+)'/.exec(policy)!;
    expect(page).toContain(`<script nonce="${nonce}">`);
    expect(page).not.toMatch(/https?:|src="(?!data:)/);
    expect(page).not.toContain("run</b>"); // nor a word of whose pictures they are
  });

  test("has a script that parses, names for its buttons, and words for who runs no scripts", async () => {
    const page = (await ask(pathOf(""))).body.toString();
    const [, script] = /<script[^>]*>([\s\S]*)<\/script>/.exec(page)!;
    expect(() => new Script(script)).not.toThrow();
    for (const part of ["aria-keyshortcuts", 'role="status"', "<noscript>", 'lang="en"', "width=device-width"]) {
      expect(page).toContain(part);
    }
    // Every element that the script looks for is there.
    for (const [, id] of script.matchAll(/\$\("(\w+)"\)/g)) expect(page).toContain(`id="${id}"`);
  });
});

describe("a sitting over HTTP", () => {
  test("asks, shows, keeps each answer before it goes on, and ends with the result", async () => {
    for (let number = 1; number <= 4; number++) {
      const { question } = parsed(await ask(pathOf("question")));
      expect(question).toEqual({ number, of: 4, kind: "one", milliseconds: 250 });
      const { status, headers, body } = await ask(pathOf(`picture/${number}/0`));
      expect([status, headers["content-type"], headers["cache-control"]]).toEqual([200, "image/png", "no-store"]);
      const reply = await answer(number, body[0] <= 2 ? "real" : "made");
      expect(reply.status).toBe(200);
      expect(kept).toHaveLength(number);
      if (number < 4) expect(parsed(reply).question.number).toBe(number + 1);
      else
        expect(parsed(reply)).toMatchObject({ done: true, result: expect.stringContaining("&lt;b&gt;run&lt;/b&gt;") });
    }
    await server.finished;
    expect(kept).toEqual(server.judgements);
    expect(kept.every((each) => each.kind === "one" && each.truth === each.answer)).toBe(true);
  });

  test("counts an answer that comes twice once, and tells what is asked now", async () => {
    const [first, second] = await Promise.all([answer(1, "real"), answer(1, "real")]);
    expect([first.status, second.status].sort()).toEqual([200, 409]);
    for (const reply of [first, second]) expect(parsed(reply).question.number).toBe(2);
    expect((await answer(1, "made")).status).toBe(409);
    expect((await answer(4, "made")).status).toBe(409);
    expect(kept).toHaveLength(1);
  });

  test("shows no picture but those of the open question, by numbers that name nothing else", async () => {
    for (const path of [
      "picture/2/0",
      "picture/1/1",
      "picture/1/x",
      "picture/1/0/0",
      "picture/1",
      "mask/99",
      "..%2f",
      "other",
    ]) {
      expect((await ask(pathOf(path))).status, path).toBe(404);
    }
    expect((await ask(pathOf("mask/0"))).headers["content-type"]).toBe("image/png");
  });

  test("that cannot keep an answer says so and ends", async () => {
    await server.close();
    const full = new Error("the disk is full");
    server = await openJudge({ ...options, keep: () => Promise.reject(full) });
    const failed = expect(server.finished).rejects.toBe(full);
    expect((await answer(1, "real")).status).toBe(500);
    await failed;
  });
});

describe("strangers", () => {
  test("without the token find nothing", async () => {
    const [, token] = server.url.match(/\/([\w-]{22})\/$/)!;
    for (const path of [
      "/",
      "/favicon.ico",
      `/${token.slice(1)}/`,
      `/${token}`,
      `/${token}x/question`,
      "/x/question",
    ]) {
      expect((await ask(path)).status, path).toBe(404);
    }
  });

  test("by another name for this machine are turned away: no page of a name that points here gets in", async () => {
    const port = new URL(server.url).port;
    for (const host of [
      "evil.example",
      `evil.example:${port}`,
      "127.0.0.1.evil.example",
      "localhost.evil.example:80",
    ]) {
      expect((await ask(pathOf("question"), { headers: { host } })).status, host).toBe(403);
    }
    for (const host of [`localhost:${port}`, "127.0.0.1:9", "[::1]:9"]) {
      expect((await ask(pathOf("question"), { headers: { host } })).status, host).toBe(200);
    }
  });

  test("from another page cannot answer", async () => {
    const own = new URL(server.url).origin;
    expect((await answer(1, "real", { origin: "http://evil.example" })).status).toBe(403);
    expect((await answer(1, "real", { origin: "null" })).status).toBe(403);
    expect((await answer(1, "real", { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await answer(1, "real", { "sec-fetch-site": "same-site" })).status).toBe(403);
    expect(kept).toEqual([]);
    expect((await answer(1, "real", { origin: own, "sec-fetch-site": "same-origin" })).status).toBe(200);
  });

  test("with other methods or bodies are refused, and nothing is kept", async () => {
    const post = (body: string, headers: Record<string, string> = json) =>
      ask(pathOf("answer"), { method: "POST", headers, body });
    expect((await ask(pathOf("answer"))).status).toBe(405);
    expect((await ask(pathOf("question"), { method: "POST", body: "{}" })).status).toBe(405);
    expect((await ask(pathOf("question"), { method: "OPTIONS" })).status).toBe(405);
    for (const body of [
      "",
      "{",
      "[]",
      "null",
      '{"question":1}',
      '{"question":"1","answer":"real"}',
      `{"a":"${"x".repeat(2000)}"}`,
    ]) {
      expect((await post(body)).status, body.slice(0, 40)).toBe(400);
    }
    expect((await post('{"question":1,"answer":"real"}', { "content-type": "text/plain" })).status).toBe(400);
    expect(kept).toEqual([]);
  });
});

test("a browser that goes away in the middle of an answer ends nothing", async () => {
  const { port } = new URL(server.url);
  await new Promise<void>((resolve) => {
    const headers = { ...json, "content-length": "100" };
    const asked = request({ host: "127.0.0.1", port, path: pathOf("answer"), method: "POST", headers });
    asked.on("error", () => resolve());
    asked.write('{"question":1', () => asked.destroy(new Error("gone")));
  });
  expect((await answer(1, "real")).status).toBe(200);
  const ended = await Promise.race([server.finished.then(() => true), ask(pathOf("question")).then(() => false)]);
  expect(ended).toBe(false);
});

test("a port that is taken is refused with what to do", async () => {
  const port = Number(new URL(server.url).port);
  await expect(openJudge({ ...options, port, keep: async () => {} })).rejects.toThrow(
    `--port: ${port} cannot be used: it is taken`,
  );
});
