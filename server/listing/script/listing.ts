// Of the page's script: what of the folder is shown. A folder that fits on one page is sorted and filtered here, of
// a larger one the server is asked for the page as JSON.

/** Needs the rows. */
export const LISTING_SCRIPT: string = String.raw`
const columns = Array.from(document.querySelectorAll("thead a[data-sort]"));
const words = byId("words");

/** What is shown; read from the address, where it also goes to. */
let view = readView();
/** Every entry of the folder, if these are known. */
let all = document.body.dataset.pages === "1" && view.filter === ""
  ? Array.from(byId("rows").rows, readRow)
  : undefined;
let newest = 0;

function readView() {
  const params = new URLSearchParams(location.search);
  const sort = params.get("sort");
  return {
    sort: sort === "size" || sort === "date" ? sort : "name",
    order: params.get("order") === "desc" ? "desc" : "asc",
    filter: params.get("filter") ?? "",
    page: Number(params.get("page")) || 1,
  };
}

function queryOf({ sort, order, filter, page }) {
  const params = new URLSearchParams();
  if (sort !== "name" || order !== "asc") {
    params.set("sort", sort);
    params.set("order", order);
  }
  if (filter !== "") params.set("filter", filter);
  if (page > 1) params.set("page", page);
  const query = params.toString();
  return query === "" ? "./" : "?" + query;
}

const byOrder = (one, other) => one < other ? -1 : one > other ? 1 : 0;

/** What a view shows of entries that are all known. */
function select(entries, { sort, order, filter }) {
  const sign = order === "desc" ? -1 : 1;
  const wanted = foldCase(filter).split(/\s+/).filter((word) => word !== "");
  const byName = (one, other) =>
    byOrder(one.key ??= sortKey(one.name), other.key ??= sortKey(other.name)) || byOrder(one.name, other.name);
  const valueOf = sort === "size"
    ? ({ type, size }) => type === "folder" ? 0 : size
    : ({ modified }) => modified === null ? -Infinity : Date.parse(modified);
  return entries
    .filter(({ name }) => wanted.every((word) => foldCase(name).includes(word)))
    .sort((one, other) =>
      (other.type === "folder") - (one.type === "folder") ||
      (sort === "name" ? sign * byName(one, other)
        : sign * byOrder(valueOf(one), valueOf(other)) || byName(one, other)));
}

async function fetchPage(wanted, isFresh) {
  // With "no-store" the request says that nothing which is remembered will do.
  const response = await fetch(queryOf(wanted), {
    headers: { Accept: "application/json" },
    cache: isFresh ? "no-store" : "no-cache",
  });
  if (!response.ok) throw new Error(await problemOf(response));
  const page = await response.json();
  byId("unlisted").hidden = page.unlisted === 0;
  byId("unlisted").textContent = unlistedText(page.unlisted);
  return page;
}

/** Shows a view; resolves to whether it is what is to be seen now, which a later one may have become. */
async function show(wanted, isFresh = false) {
  const mine = ++newest;
  view = wanted;
  let shown;
  try {
    if (all !== undefined && isFresh) {
      const whole = await fetchPage({ ...wanted, filter: "", page: 1 }, true);
      if (mine !== newest) return false;
      all = whole.pages === 1 ? whole.entries : undefined;
    }
    if (all === undefined) {
      byId("listing").classList.add("busy");
      shown = await fetchPage(wanted, isFresh);
      if (mine !== newest) return false;
      if (shown.pages === 1 && wanted.filter === "") all = shown.entries;
    } else {
      const entries = select(all, wanted);
      shown = { entries, total: entries.length, page: 1, pages: 1 };
    }
  } catch (error) {
    if (mine !== newest) return false;
    byId("listing").classList.remove("busy");
    say("The folder cannot be shown: " + error.message);
    return false;
  }
  view = { ...wanted, page: shown.page };
  byId("listing").classList.remove("busy");
  draw(shown);
  return true;
}

function draw({ entries, total, page, pages }) {
  byId("rows").replaceChildren(...entries.map(makeRow));
  byId("empty").hidden = entries.length > 0;
  if (entries.length === 0) drawEmpty();
  const items = total === 1 ? "1 item" : grouped.format(total) + " items";
  const first = page < pages ? (page - 1) * entries.length : total - entries.length;
  byId("count").textContent = pages === 1 ? items
    : grouped.format(first + 1) + "–" + grouped.format(first + entries.length) + " of " + items;
  for (const link of columns) drawColumn(link);
  drawPages(page, pages);
}

/** Says why there is nothing to be seen. */
function drawEmpty() {
  const [what, why] = view.filter === ""
    ? ["This folder is empty", rights.has("upload") ? "Drop files here to add them." : ""]
    : ["Nothing found", "No name here has “" + view.filter + "” in it."];
  byId("empty").querySelector("strong").textContent = what;
  byId("empty").querySelector("span").textContent = why;
}

function drawColumn(link) {
  const { sort } = link.dataset;
  const isSorted = view.sort === sort;
  if (isSorted) link.parentElement.setAttribute("aria-sort", view.order + "ending");
  else link.parentElement.removeAttribute("aria-sort");
  const order = isSorted ? (view.order === "asc" ? "desc" : "asc") : sort === "name" ? "asc" : "desc";
  link.setAttribute("href", queryOf({ ...view, sort, order, page: 1 }));
}

function drawPages(page, pages) {
  const link = (to, text) => to < 1 || to > pages ? [] : [
    make("a", { class: "button", href: queryOf({ ...view, page: to }), "data-page": to }, text),
  ];
  const nav = byId("pages");
  nav.hidden = pages === 1;
  nav.replaceChildren(
    ...link(page > 2 ? 1 : 0, "First"), ...link(page - 1, "Previous"),
    make("span", {}, "Page " + grouped.format(page) + " of " + grouped.format(pages)),
    ...link(page + 1, "Next"), ...link(page < pages - 1 ? pages : 0, "Last"));
}

/** Shows the folder as it is now. */
const refresh = () => show(view, true);

/** Whether a click is to be answered here, and not by opening the link elsewhere. */
const isPlain = (event) =>
  event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

for (const link of columns) {
  link.addEventListener("click", async (event) => {
    if (!isPlain(event)) return;
    event.preventDefault();
    const { sort } = link.dataset;
    const order = new URLSearchParams(link.search).get("order") ?? "asc";
    if (!await show({ ...view, sort, order, page: 1 })) return;
    history.replaceState(null, "", queryOf(view));
    say("Sorted by " + link.textContent.toLowerCase() + ", " + order + "ending");
  });
}

byId("pages").addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-page]");
  if (link === null || !isPlain(event)) return;
  event.preventDefault();
  if (!await show({ ...view, page: Number(link.dataset.page) })) return;
  history.pushState(null, "", queryOf(view));
  byId("listing").scrollIntoView();
  say(byId("count").textContent);
});

addEventListener("popstate", () => {
  view = readView();
  words.value = view.filter;
  show(view);
});

let filtering;
async function filter() {
  clearTimeout(filtering);
  if (!await show({ ...view, filter: words.value, page: 1 })) return;
  history.replaceState(null, "", queryOf(view));
  say(byId("count").textContent);
}
words.addEventListener("input", () => {
  // The server is asked when the typing rests; what is known here is filtered at once.
  clearTimeout(filtering);
  if (all !== undefined) filter();
  else filtering = setTimeout(filter, 150);
});
byId("filter").addEventListener("submit", (event) => {
  event.preventDefault();
  filter();
});

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { target, key } = event;
  if (key === "/" && !target.closest("input, textarea, dialog")) {
    event.preventDefault();
    words.focus();
    words.select();
  } else if (target === words && key === "Escape" && words.value !== "") {
    event.preventDefault();
    words.value = "";
    filter();
  } else if (key === "ArrowDown" || key === "ArrowUp") {
    moveFocus(event, key === "ArrowDown" ? 1 : -1);
  }
});

/** From the filter into the rows, and from row to row. */
function moveFocus(event, step) {
  const links = Array.from(byId("rows").querySelectorAll("th a"));
  const at = links.indexOf(event.target);
  if (at < 0 && (event.target !== words || step < 0)) return;
  event.preventDefault();
  (links[at + step] ?? (step < 0 ? words : links.at(-1)))?.focus();
}

if (rights.has("edit")) {
  document.querySelector("thead tr").append(
    make("th", { role: "columnheader", scope: "col", class: "doing" },
      make("span", { class: "unseen" }, "Actions")));
}
for (const row of byId("rows").rows) completeRow(row);
if (byId("rows").rows.length === 0) drawEmpty();
`;
