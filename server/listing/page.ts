// The HTML page of a folder. All of it works without its script: sorting, pages and folders are links, the filter
// and the upload are forms. Every address in it is relative, so that it does not matter below which prefix it is.
// Pure.

import { humanSize, iconOf, unlistedText } from "./both_sides.ts";
import type { Entry, Selection } from "./entries.ts";
import { escapeHtml, linkToEntry, nameToHtml, plainName } from "./escape.ts";
import { htmlHead } from "./html_head.ts";
import { icon, PAGE_ICON } from "./icons.ts";
import type { Readme } from "./readme.ts";
import type { PageRights } from "./rights.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";
import { linkTo, type SortBy, type View } from "./view.ts";

/** What a page shows. */
export interface PageContent {
  /** Path of the folder below the root, without a slash at either end. */
  readonly path: string;
  readonly view: View;
  readonly selection: Selection;
  /** Whether the folder has more entries than a listing takes. */
  readonly cut: boolean;
  /** How many entries have a name that no address can have. */
  readonly unlisted: number;
  readonly rights: PageRights;
  readonly readme: Readme | undefined;
}

/** What the root of what is served is called. */
const ROOT_NAME = "Home";

const COLUMNS: readonly (readonly [sort: SortBy, style: string, title: string])[] = [
  ["name", "name", "Name"],
  ["size", "size", "Size"],
  ["date", "date", "Modified"],
];

/** The whole page. */
export function listingToHtml(content: PageContent): string {
  const { path, view, selection, rights } = content;
  const segments = path === "" ? [] : path.split("/");
  const title = segments.length === 0 ? ROOT_NAME : plainName(segments.at(-1)!);
  const can = Object.entries(rights).filter(([, may]) => may).map(([name]) => name).join(" ");
  const style = `<link rel="icon" href="${escapeHtml(PAGE_ICON)}">\n<style>${STYLE}</style>`;
  return `${htmlHead(escapeHtml(title), style)}
<body data-rights="${can}" data-pages="${selection.pages}">
<header class="top">
${breadcrumbs(segments)}
<div class="actions" id="actions">${zipLink(rights)}</div>
</header>
<main>
<div class="bar" role="search">
${filterForm(view)}
<p class="count" id="count">${countText(selection)}</p>
</div>
<p class="unseen" id="said" role="status"></p>
${uploadForm(rights)}${cutNotice(content)}<div class="card" id="listing">
${table(view, selection.entries)}
${emptyNotice(view, selection)}</div>
${unlistedNotice(content)}${pageLinks(view, selection)}
${readmeSection(content.readme)}</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function breadcrumbs(segments: readonly string[]): string {
  const items = [ROOT_NAME, ...segments].map((segment, at) => {
    const label = at === 0
      ? `${icon("home")}<span>${ROOT_NAME}</span>`
      : `<bdi>${nameToHtml(segment)}</bdi>`;
    const up = segments.length - at;
    if (up === 0) return `<li><h1 aria-current="page">${label}</h1></li>`;
    return `<li><a${at === 0 ? ' class="home"' : ""} href="${"../".repeat(up)}">${label}</a></li>`;
  });
  return `<nav class="path" aria-label="Path"><ol>${items.join("")}</ol></nav>`;
}

function zipLink({ zip }: PageRights): string {
  if (!zip) return "";
  return `<a class="button" href="./?zip" rel="nofollow" title="Download this folder as a zip file">` +
    `${icon("download")}Download<span class="unseen"> as zip</span></a>`;
}

function filterForm({ sort, order, filter }: View): string {
  const hidden = sort === "name" && order === "asc" ? "" : hiddenField("sort", sort) +
    hiddenField("order", order);
  return `<form class="filter" id="filter" action="./">${hidden}` +
    `<label class="unseen" for="words">Filter by name</label>${icon("search")}` +
    `<input type="search" id="words" name="filter" placeholder="Filter by name" ` +
    `autocomplete="off" spellcheck="false" value="${escapeHtml(filter)}">` +
    `<kbd aria-hidden="true">/</kbd><button>Filter</button></form>`;
}

function hiddenField(name: string, value: string): string {
  return `<input type="hidden" name="${name}" value="${value}">`;
}

function countText({ total, pages, before, entries }: Selection): string {
  const all = total === 1 ? "1 item" : `${groupDigits(total)} items`;
  if (pages === 1) return all;
  return `${groupDigits(before + 1)}–${groupDigits(before + entries.length)} of ${all}`;
}

/** A number as English has it. */
function groupDigits(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

function uploadForm({ upload }: PageRights): string {
  if (!upload) return "";
  return `<form class="plain-upload" action="./" method="post" enctype="multipart/form-data">` +
    `<label>Add files <input type="file" name="files" multiple required></label>` +
    `<button>${icon("upload")}Upload</button></form>\n`;
}

function unlistedNotice({ unlisted }: PageContent): string {
  const hidden = unlisted === 0 ? " hidden" : "";
  return `<p class="unlisted" id="unlisted"${hidden}>${unlistedText(unlisted)}</p>\n`;
}

function cutNotice({ cut }: PageContent): string {
  if (!cut) return "";
  return `<p class="notice" id="cut">This folder has more entries than can be shown here.</p>\n`;
}

function table(view: View, entries: readonly Entry[]): string {
  // Where the width is a phone's, the rows are no longer laid out as a table: the roles keep them one.
  const rows = entries.map(rowOf).join("\n");
  return `<table role="table"><caption class="unseen">Files and folders</caption>
<thead role="rowgroup"><tr role="row">${columnHeads(view)}</tr></thead>
<tbody role="rowgroup" id="rows">
${rows}
</tbody></table>`;
}

function columnHeads(view: View): string {
  return COLUMNS.map(([sort, style, title]) => {
    const isSorted = view.sort === sort;
    const sorted = isSorted ? ` aria-sort="${view.order}ending"` : "";
    // What is most often looked for comes first: names from A on, but the largest and the latest.
    const first = sort === "name" ? "asc" : "desc";
    const order = isSorted ? (view.order === "asc" ? "desc" : "asc") : first;
    const link = linkTo({ ...view, sort, order, page: 1 });
    return `<th role="columnheader" scope="col" class="${style}"${sorted}>` +
      `<a href="${escapeHtml(link)}" rel="nofollow" data-sort="${sort}">${title}</a></th>`;
  }).join("");
}

function rowOf({ name, kind, size, mtimeMs }: Entry): string {
  const isFolder = kind === "folder";
  return `<tr role="row"><th role="rowheader" scope="row" class="name">` +
    `<a href="${escapeHtml(linkToEntry(name, isFolder))}">${icon(iconOf(name, isFolder))}` +
    `<bdi>${nameToHtml(name)}</bdi></a></th>` +
    `<td role="cell" class="size">${isFolder ? "" : sizeOf(size)}</td>` +
    `<td role="cell" class="date">${mtimeMs === null ? "" : timeOf(mtimeMs)}</td></tr>`;
}

function sizeOf(size: number): string {
  return `<data value="${size}" title="${groupDigits(size)} bytes">${humanSize(size)}</data>`;
}

function timeOf(mtimeMs: number): string {
  const iso = new Date(mtimeMs).toISOString();
  // Of years beyond 9999 the whole is shown, for want of a better idea.
  const text = iso.length === 24 ? `${iso.slice(0, 10)} ${iso.slice(11, 16)}` : iso;
  return `<time datetime="${iso}" title="${iso}">${text}</time>`;
}

function emptyNotice({ filter }: View, { total }: Selection): string {
  const [what, why] = filter === ""
    ? ["This folder is empty", ""]
    : ["Nothing found", `No name here has “${escapeHtml(filter)}” in it.`];
  const hidden = total === 0 ? "" : " hidden";
  return `<p class="empty" id="empty"${hidden}>${icon("folder")}<strong>${what}</strong>` +
    `<span>${why}</span></p>\n`;
}

function pageLinks(view: View, { page, pages }: Selection): string {
  const link = (to: number, text: string, rel: string): string => {
    if (to < 1 || to > pages) return "";
    const href = escapeHtml(linkTo({ ...view, page: to }));
    return `<a class="button" rel="${rel}" href="${href}" data-page="${to}">${text}</a>`;
  };
  return `<nav class="pages" id="pages" aria-label="Pages"${pages === 1 ? " hidden" : ""}>` +
    link(page > 2 ? 1 : 0, "First", "first") + link(page - 1, "Previous", "prev") +
    `<span>Page ${groupDigits(page)} of ${groupDigits(pages)}</span>` +
    link(page + 1, "Next", "next") + link(page < pages - 1 ? pages : 0, "Last", "last") + `</nav>`;
}

function readmeSection(readme: Readme | undefined): string {
  if (readme === undefined) return "";
  return `<section class="card readme" aria-labelledby="readme"><h2 id="readme">` +
    `${icon("text")}${
      nameToHtml(readme.name)
    }</h2><div class="prose">${readme.html}</div></section>\n`;
}
