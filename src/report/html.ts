// HTML by a template tag that escapes whatever it is given, unless that is HTML itself: a hostile name stays text.

/** Markup that is safe to write into a page as it is. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** What a template takes: text is escaped, lists are joined, undefined and false leave nothing. */
export type HtmlPart = string | number | Html | undefined | false | readonly HtmlPart[];

/**
 * Markup with values in it, each escaped for text and for quoted attributes.
 *
 * @example html`<a title="${name}">${name}</a>`
 */
export function html(markup: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(markup.map((text, i) => (i === 0 ? text : `${textOf(parts[i - 1])}${text}`)).join(""));
}

/** Text of ours that is markup already: a drawing, a style sheet. Never for what a user, a file or a run has named. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

function textOf(part: HtmlPart): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(textOf).join("");
  return escapeHtml(String(part));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as HTML and SVG write it, within elements and within quotes; control characters, which neither may hold, become "�". */
export function escapeHtml(text: string): string {
  const clean = [...text].map((character) => (isControl(character) ? "\ufffd" : character)).join("");
  return clean.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

function isControl(character: string): boolean {
  const code = character.charCodeAt(0);
  return (code < 32 && !"\t\n\r".includes(character)) || code === 127;
}
