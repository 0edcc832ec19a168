// What of a folder is shown, and in which order: read from the query of a listing, and put back into the
// links of its page. A query that makes no sense is read as one that says nothing. Pure.

/** What entries are sorted by. */
export type SortBy = "name" | "size" | "date";

/** What of a folder is shown. */
export interface View {
  readonly sort: SortBy;
  readonly order: "asc" | "desc";
  /** Words that names must have; empty for all names. */
  readonly filter: string;
  /** From 1 on. */
  readonly page: number;
}

const SORTS: readonly string[] = ["name", "size", "date"] satisfies SortBy[];
/** Nobody filters by more than a name. */
const MAX_FILTER_LENGTH = 255;

/** What the query of a request asks for; without the `?`. */
export function parseView(query: string): View {
  const params = new URLSearchParams(query);
  const sort = params.get("sort") ?? "";
  const page = params.get("page") ?? "";
  return {
    sort: SORTS.includes(sort) ? sort as SortBy : "name",
    order: params.get("order") === "desc" ? "desc" : "asc",
    filter: (params.get("filter") ?? "").slice(0, MAX_FILTER_LENGTH).toWellFormed(),
    page: /^[1-9]\d{0,6}$/.test(page) ? Number(page) : 1,
  };
}

/** A relative link to a view of the same folder. */
export function linkTo({ sort, order, filter, page }: View): string {
  const params = new URLSearchParams();
  if (sort !== "name" || order !== "asc") {
    params.set("sort", sort);
    params.set("order", order);
  }
  if (filter !== "") params.set("filter", filter);
  if (page > 1) params.set("page", String(page));
  return params.size === 0 ? "./" : `?${params}`;
}
