import { describe, expect, test } from "vitest";
import { dataUri } from "./data-uri.ts";
import { escapeHtml, html, trusted } from "./html.ts";

describe("a template", () => {
  test("escapes text between tags and in attributes", () => {
    const name = `"><script>alert('1')</script>&`;
    const escaped = "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;";
    expect(html`<a title="${name}">${name}</a>`.text).toBe(`<a title="${escaped}">${escaped}</a>`);
  });

  test("keeps markup, joins lists, and leaves out what is not there", () => {
    const items = ["<", "b"].map((item) => html`<li>${item}</li>`);
    expect(html`${items}${undefined}${false}${0}${trusted("<br>")}`.text).toBe("<li>&lt;</li><li>b</li>0<br>");
  });

  test("does not take for markup what only looks like it", () => {
    const impostor = { text: "<b>", toString: () => "<b>" };
    expect(html`${impostor as never}`.text).not.toContain("<b>");
  });
});

test("control characters, which no page may hold, are shown as replaced", () => {
  expect(escapeHtml("a\0b\u001bc\nd\u007f")).toBe("a\ufffdb\ufffdc\nd\ufffd");
});

test("data URIs hold the bytes, whatever their number", () => {
  for (const length of [0, 1, 2, 3, 255, 2999, 3000, 3001, 6002]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 73) % 256);
    const uri = dataUri({ type: "image/png", bytes });
    expect(uri).toBe(`data:image/png;base64,${Buffer.from(bytes).toString("base64")}`);
  }
});
