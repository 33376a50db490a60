// The frame of a page that stands alone: it fetches nothing, runs no script, and reads on a phone, in the dark and on paper.

import { type Html, html, trusted } from "./html.ts";

/** What a browser may do for such a page: show pictures that it holds. Whatever slipped in could neither run nor fetch. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export const pageStyles = `
:root{color-scheme:light dark;--ground:#fff;--ink:#1c1c1c;--faint:#5c6066;--rule:#dcdfe3;--panel:#f6f7f9;--accent:#0062a3;--good:#00734f;--bad:#b23c00}
@media screen and (prefers-color-scheme:dark){:root{--ground:#16181c;--ink:#e8e8e8;--faint:#a0a4ab;--rule:#363a42;--panel:#1e2127;--accent:#6cbcf0;--good:#2fd0a0;--bad:#ff9a63}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1240px;padding:20px 16px 48px;font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;background:var(--ground);color:var(--ink);overflow-wrap:anywhere}
h1{font-size:26px;line-height:1.25;margin:0}
h2{font-size:19px;margin:40px 0 10px;padding-top:12px;border-top:1px solid var(--rule)}
h3{font-size:15px;margin:18px 0 6px}
p{margin:6px 0;max-width:75ch}
a{color:var(--accent)}
.faint{color:var(--faint);font-weight:400}
nav{margin-top:12px;display:flex;flex-wrap:wrap;gap:2px 16px}
nav a{display:inline-block;padding:4px 0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{text-align:left;vertical-align:top;padding:4px 16px 4px 0;border-bottom:1px solid var(--rule)}
th{font-weight:600}
td.number,th.number{text-align:right;white-space:nowrap}
.scroll{overflow-x:auto;max-width:100%}
.scroll table{overflow-wrap:normal}
.facts th{white-space:nowrap;font-weight:400;color:var(--faint)}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr));gap:8px 36px}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,350px),1fr));gap:16px;margin-top:14px}
.charts svg{display:block;width:100%;max-width:520px;height:auto;border:1px solid var(--rule);border-radius:6px}
.charts svg svg{border:0}
.cards + .cards{margin-top:14px}
@media screen and (max-width:640px){.cards thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.cards,.cards tbody,.cards tr,.cards th,.cards td{display:block;text-align:left}
.cards tr{border-bottom:1px solid var(--rule);padding:8px 0}.cards th,.cards td{border:0;padding:1px 0;white-space:normal}
.cards td:empty{display:none}.cards td::before{content:attr(data-label) ": ";color:var(--faint)}}
figure{margin:0;min-width:0}
figcaption{font-size:13px;color:var(--faint);margin-top:2px}
img{display:block;max-width:100%;height:auto;image-rendering:pixelated;background:var(--panel)}
.large{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));gap:16px;max-width:1080px}
.small{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(46%,190px),1fr));gap:12px;margin-top:16px}
.large img,.small img{width:100%}
.best{font-weight:700;color:var(--good)}
ul.symptoms{list-style:none;margin:0;padding:0;display:grid;gap:10px}
.symptom{border-left:4px solid var(--rule);padding:2px 0 2px 12px}
.symptom.present{border-color:var(--bad)}
.symptom.present .verdict{color:var(--bad);font-weight:600}
.symptom.absent .verdict{color:var(--good)}
.symptom ol{margin:4px 0;padding-left:20px}
details summary{cursor:pointer;padding:4px 0}
code{font-family:ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace;font-size:.92em}
@media print{body{max-width:none;padding:0;font-size:11px}nav{display:none}h2{break-after:avoid}figure,svg,tr,.symptom{break-inside:avoid}
.charts{grid-template-columns:repeat(2,minmax(0,1fr))}.columns{grid-template-columns:2fr 1fr 1fr}.small{grid-template-columns:repeat(4,minmax(0,1fr))}}
`;

/** A whole page. */
export function page(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="ganforge">
<title>${title}</title>
<style>${trusted(pageStyles)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}

/** Rows of a label and a text. */
export function factsTable(rows: readonly (readonly [label: string, text: string | Html])[]): Html {
  const row = ([label, text]: readonly [string, string | Html]) =>
    html`<tr><th scope="row">${label}</th><td>${text}</td></tr>\n`;
  return html`<table class="facts">${rows.map(row)}</table>`;
}

/** A heading of a column; `number` sets it flush right. */
export interface Column {
  readonly title: string;
  readonly number?: boolean;
}

/** A table that on a narrow screen becomes a card for each row; the first cell of a row is its heading. */
export function cardTable(columns: readonly Column[], rows: readonly (readonly (string | Html)[])[]): Html {
  const kind = (i: number) => (columns[i].number ? "number" : "text");
  const head = columns.map(({ title }, i) => html`<th scope="col" class="${kind(i)}">${title}</th>`);
  const row = ([first, ...rest]: readonly (string | Html)[]) =>
    html`<tr><th scope="row">${first}</th>${rest.map(
      (cell, i) => html`<td class="${kind(i + 1)}" data-label="${columns[i + 1].title}">${cell}</td>`,
    )}</tr>\n`;
  return html`<table class="cards"><thead><tr>${head}</tr></thead>\n<tbody>${rows.map(row)}</tbody></table>`;
}
