// The page on which a person judges: one picture at a time, or two; by buttons, touch and keys, and with words for screen readers.

import { type Html, html, pageStyles, trusted } from "../report/index.ts";

/** Masks that the page takes turns with. */
export const MASKS = 5;

const STYLES = `
body{max-width:760px;min-height:100vh;min-height:100dvh;display:flex;flex-direction:column;padding-bottom:16px}
main{flex:1;display:flex;flex-direction:column;align-items:center;gap:14px}
h1{font-size:20px}
h1:focus{outline:none}
[hidden]{display:none!important}
#sitting{display:flex;flex-direction:column;align-items:center;gap:14px;width:100%}
#sitting p{margin:0}
#stage{--side:min(92vw,54vh,440px,var(--most,440px));width:var(--side);height:var(--side);position:relative;background:var(--panel);border-radius:6px;overflow:hidden}
#stage.two{--side:min(44vw,54vh,352px,var(--most,352px));width:calc(2*var(--side) + 12px);background:none;display:flex;justify-content:space-between}
#stage img{position:absolute;inset:0;width:100%;height:100%;object-fit:contain}
#stage.two img{position:static;width:var(--side)}
#cross{position:absolute;inset:0;display:grid;place-items:center;font-size:34px;color:var(--faint)}
#answers{display:grid;grid-template-columns:1fr 1fr;gap:12px;width:100%;max-width:520px}
button{font:inherit;font-size:18px;padding:16px 8px;border:2px solid var(--rule);border-radius:10px;background:var(--panel);color:var(--ink);cursor:pointer;touch-action:manipulation}
button:hover:not([aria-disabled=true]){border-color:var(--accent)}
button:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
button[aria-disabled=true]{opacity:.4;cursor:default}
kbd{font:12px ui-monospace,Menlo,Consolas,monospace;color:var(--faint);border:1px solid var(--rule);border-radius:4px;padding:1px 5px;margin-left:6px}
#question{font-weight:600;text-align:center;min-height:1.5em}
#begin{min-width:220px;background:var(--accent);color:var(--ground);border-color:var(--accent);font-weight:600}
#text{max-width:100%}
@media (pointer:coarse){kbd{display:none}}
`;

/** What the browser runs. It is told a question, shows it, and sends the answer, for which it is told the next one. */
const SCRIPT = `
"use strict";
const $ = (id) => document.getElementById(id);
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const frame = () => new Promise((done) => requestAnimationFrame(done));
const KEYS = {
  one: { r: "real", arrowleft: "real", f: "made", arrowright: "made" },
  two: { arrowleft: "left", "1": "left", arrowright: "right", "2": "right" },
};
const WORDS = {
  one: [["real", "Real", "R"], ["made", "Fake", "F"]],
  two: [["left", "Left", "←"], ["right", "Right", "→"]],
};
const ASKED = { one: "Was it real or fake?", two: "Which one looks better?" };
const INTRODUCTION = {
  one: "You will see one picture at a time, some for a moment only. Some are real, some were made by a computer: say which. Guess where you cannot tell.",
  two: "Now two pictures at a time, both made by computers. Say which one looks better.",
};
let question;
let open = false;
let kind;

async function load(path) {
  const image = new Image();
  image.src = path;
  image.alt = "";
  await image.decode();
  return image;
}

async function call(path, body) {
  const response = await fetch(path, body && {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok && response.status !== 409) throw new Error(response.status);
  return response.json();
}

function ended() {
  $("sitting").hidden = true;
  $("text").hidden = false;
  $("text").textContent = "The judging has ended. The answers given so far are kept; their result stands in the terminal.";
}

function finish(markup) {
  $("sitting").hidden = true;
  $("text").hidden = false;
  $("text").innerHTML = markup;
  $("title").textContent = "Thank you. The result";
  $("title").focus();
}

/** Asks for a start before each kind of question, so that nothing is missed. */
async function begin(next) {
  if (next.done) return finish(next.result);
  question = next.question;
  if (question.kind === kind) return ask();
  kind = question.kind;
  $("sitting").hidden = true;
  $("text").hidden = false;
  $("text").textContent = INTRODUCTION[kind];
  $("begin").hidden = false;
  $("begin").focus();
}

async function ask() {
  const pictures = await Promise.all(
    [...Array(kind === "one" ? 1 : 2).keys()].map((place) => load("picture/" + question.number + "/" + place)),
  );
  const mask = await load("mask/" + (question.number % ${MASKS}));
  const stage = $("stage");
  stage.className = kind;
  // Small pictures do not become a few large blocks.
  stage.style.setProperty("--most", 12 * pictures[0].naturalWidth + "px");
  $("progress").textContent = "Question " + question.number + " of " + question.of;
  $("question").textContent = "";
  for (const [i, button] of [...$("answers").children].entries()) {
    const [word, label, key] = WORDS[kind][i];
    button.value = word;
    button.ariaDisabled = true;
    button.firstChild.textContent = label;
    button.lastChild.textContent = key;
  }
  if (kind === "one") {
    stage.replaceChildren($("cross").content.cloneNode(true));
    await wait(500);
  }
  pictures.forEach((picture, i) => { picture.alt = kind === "one" ? "The picture to judge" : ["Left", "Right"][i] + " picture"; });
  await frame();
  stage.replaceChildren(...pictures);
  if (question.milliseconds !== null) {
    const start = await frame();
    // Half a frame early is nearer to the time asked for than up to a whole frame late.
    while ((await frame()) - start < question.milliseconds - 8);
    stage.replaceChildren(mask);
  }
  open = true;
  $("question").textContent = ASKED[kind];
  for (const button of $("answers").children) button.ariaDisabled = false;
}

async function answer(word) {
  if (!open) return;
  open = false;
  for (const button of $("answers").children) button.ariaDisabled = true;
  try {
    await begin(await call("answer", { question: question.number, answer: word }));
  } catch {
    ended();
  }
}

$("begin").addEventListener("click", () => {
  $("begin").hidden = true;
  $("text").hidden = true;
  $("sitting").hidden = false;
  ask().catch(ended);
});
for (const button of $("answers").children) button.addEventListener("click", () => answer(button.value));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !kind) return;
  const word = KEYS[kind][event.key.toLowerCase()];
  if (word && open) { event.preventDefault(); answer(word); }
});
call("question").then(begin).catch(ended);
`;

/** The page; its script and its styles carry `nonce`, as the server's policy demands. */
export function judgePage(nonce: string): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>Real or fake?</title>
<style nonce="${nonce}">${trusted(pageStyles)}${trusted(STYLES)}</style>
</head>
<body>
<main>
<h1 id="title" tabindex="-1">Real or fake?</h1>
<noscript><p>This page needs JavaScript, to show pictures for a limited time.</p></noscript>
<div id="text" aria-live="polite">Getting ready…</div>
<button id="begin" type="button" hidden>Begin</button>
<template id="cross"><div id="cross" aria-hidden="true">+</div></template>
<section id="sitting" aria-label="Judging" hidden>
<p id="progress" class="faint" role="status"></p>
<div id="stage"></div>
<p id="question" role="status"></p>
<div id="answers" role="group" aria-labelledby="question">
<button type="button" aria-keyshortcuts="R ArrowLeft"><span>Real</span><kbd aria-hidden="true">R</kbd></button>
<button type="button" aria-keyshortcuts="F ArrowRight"><span>Fake</span><kbd aria-hidden="true">F</kbd></button>
</div>
</section>
</main>
<script nonce="${nonce}">${trusted(SCRIPT)}</script>
</body>
</html>
`;
}
