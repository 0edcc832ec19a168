// Markdown from anybody as HTML that can do no harm: tags in it are left out, links and pictures have harmless
// schemes, ids cannot be taken for those of the page. Loads a library, so that it is for those who need it.

import MarkdownIt from "markdown-it";
import { escapeHtml } from "./escape.ts";

/** What is needed of the library's tokens. */
interface Token {
  readonly content: string;
  readonly type: string;
  readonly children: Token[] | null;
  attrGet(name: string): string | null;
  attrSet(name: string, value: string): void;
}

/** Of a heading its id, of a link to one within the text what it leads to. */
const ID_PREFIX = "readme-";
const REMOTE = /^(?:[a-z][a-z\d+.-]*:|[\\/]{2})/i;

// With `html` tags are told from text; what becomes of them is decided below.
const renderer = new MarkdownIt({ html: true, maxNesting: 20 });
const { rules } = renderer.renderer;

rules.html_block = (tokens: Token[], at: number): string => {
  const text = withoutTags(tokens[at]!.content).trim();
  return text === "" ? "" : `<p>${escapeHtml(text)}</p>\n`;
};
rules.html_inline = (): string => "";

// The policy of the page shows no picture of another server.
rules.image = (tokens: Token[], at: number): string => {
  const token = tokens[at]!;
  const address = token.attrGet("src") ?? "";
  const text = escapeHtml(textOf(token.children ?? []));
  // With a query it may be something that costs the server much, such as an archive.
  const isFile = /^data:/i.test(address) || (!REMOTE.test(address) && !address.includes("?"));
  if (!isFile) return text;
  return `<img src="${escapeHtml(address)}" alt="${text}" loading="lazy">`;
};

rules.link_open = (tokens: Token[], at: number): string => {
  const address = tokens[at]!.attrGet("href") ?? "";
  if (address.startsWith("#")) {
    return `<a href="#${ID_PREFIX}${escapeHtml(address.slice(1).toLowerCase())}">`;
  }
  const relation = REMOTE.test(address) ? ` rel="noopener noreferrer"` : "";
  return `<a href="${escapeHtml(address)}"${relation}>`;
};

rules.heading_open = (
  tokens: (Token & { readonly tag: string })[],
  at: number,
  _options: unknown,
  environment: { ids: Map<string, number> },
): string => {
  const id = newId(textOf(tokens[at + 1]!.children ?? []), environment.ids);
  // The headings of the page come before those of a text in it.
  const level = Math.min(6, Number(tokens[at]!.tag.slice(1)) + 2);
  return `<h${level} class="${tokens[at]!.tag}" id="${escapeHtml(id)}">`;
};
rules.heading_close = (tokens: { readonly tag: string }[], at: number): string => {
  return `</h${Math.min(6, Number(tokens[at]!.tag.slice(1)) + 2)}>\n`;
};

/** The HTML of a text. */
export function markdownToHtml(text: string): string {
  return renderer.render(text, { ids: new Map<string, number>() });
}

/**
 * The id of a heading, as it is linked to where Markdown is shown elsewhere; `taken` has those of the headings before it,
 * each with the number that the next one of its name gets.
 */
function newId(heading: string, taken: Map<string, number>): string {
  const plain = ID_PREFIX + heading.trim().toLowerCase().replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, "")
    .replace(/\s/g, "-");
  let next = taken.get(plain) ?? 1;
  let id = plain;
  while (taken.has(id)) id = `${plain}-${next++}`;
  taken.set(id, 1).set(plain, next);
  return id;
}

function textOf(tokens: readonly Token[]): string {
  return tokens.map(({ type, content, children }) => {
    if (type === "image") return textOf(children ?? []);
    return type === "text" || type === "code_inline" ? content : type === "softbreak" ? " " : "";
  }).join("");
}

function withoutTags(html: string): string {
  // Without "<" among what is left out, this takes no longer for tags that never end.
  return html.replace(/<[^<>]*>/g, "");
}
