// The entries of a folder as a listing needs them: collected in bounded memory, then filtered, sorted and cut into
// pages, without holding up the event loop however many there are.

import { oneTurn } from "../../wire/event_loop.ts";
import type { FolderEntry } from "../files/folder_entries.ts";
import { foldCase, sortKey } from "./both_sides.ts";
import { type Compare, sortInTurns } from "./sort_in_turns.ts";
import type { View } from "./view.ts";

/** An entry with what its name is compared by. */
export interface Entry extends FolderEntry {
  readonly key: string;
}

/** What there is in a folder. */
export interface Entries {
  readonly all: readonly Entry[];
  /** Whether there are more, which are not shown. */
  readonly cut: boolean;
  /** How many have a name that no address can have. */
  readonly unlisted: number;
}

/** A page of what is to be seen. */
export interface Selection {
  readonly entries: readonly Entry[];
  /** How many entries the pages before it have. */
  readonly before: number;
  /** How many entries all pages have. */
  readonly total: number;
  readonly page: number;
  /** At least 1. */
  readonly pages: number;
}

/** Entries of a folder that are shown at most: about 50 MiB of them. */
export const MAX_ENTRIES = 250_000;
/** Entries on a page. */
export const PAGE_ENTRIES = 1000;
/** ECMA-262 21.4.1.1. */
const MAX_TIME_MS = 8.64e15;
/** So many names are compared with a filter between two turns of the event loop. */
const FILTER_PIECE = 8192;

/** Goes through a folder; `unlisted` hears of each entry that nobody could ask for. */
export type List = (unlisted: () => void) => AsyncIterable<FolderEntry>;

/** Takes the entries as they come, up to `max`. */
export async function collectEntries(
  list: List,
  max: number = MAX_ENTRIES,
): Promise<Entries> {
  const all: Entry[] = [];
  let unlisted = 0;
  for await (const { name, kind, size, mtimeMs } of list(() => unlisted++)) {
    if (all.length === max) return { all, cut: true, unlisted };
    // Some file systems keep times that no Date can hold.
    const time = mtimeMs !== null && Math.abs(mtimeMs) <= MAX_TIME_MS ? mtimeMs : null;
    all.push({ name, kind, size, mtimeMs: time, key: sortKey(name) });
  }
  return { all, cut: false, unlisted };
}

/** The page that a view asks for; the last one when there are fewer. */
export async function selectEntries(
  all: readonly Entry[],
  view: View,
  pageEntries: number = PAGE_ENTRIES,
): Promise<Selection> {
  const chosen = await filterEntries(await inOrder(all, view), view.filter);
  return pageOf(chosen, view.page, pageEntries);
}

/** Entries that are remembered, in the orders that were asked for: everybody who looks at them shares these. */
const orders = new WeakMap<readonly Entry[], Map<string, Promise<readonly Entry[]>>>();

function inOrder(all: readonly Entry[], view: View): Promise<readonly Entry[]> {
  let known = orders.get(all);
  if (known === undefined) orders.set(all, known = new Map());
  const key = `${view.sort} ${view.order}`;
  let sorted = known.get(key);
  if (sorted === undefined) known.set(key, sorted = sortInTurns(all, comparison(view)));
  return sorted;
}

/** A page of entries that are in order. */
function pageOf(sorted: readonly Entry[], wanted: number, pageEntries: number): Selection {
  const pages = Math.max(1, Math.ceil(sorted.length / pageEntries));
  const page = Math.min(wanted, pages);
  const before = (page - 1) * pageEntries;
  const entries = sorted.slice(before, before + pageEntries);
  return { entries, before, total: sorted.length, page, pages };
}

async function filterEntries(all: readonly Entry[], filter: string): Promise<readonly Entry[]> {
  const words = foldCase(filter).split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return all;
  const chosen: Entry[] = [];
  for (let at = 0; at < all.length; at += FILTER_PIECE) {
    if (at > 0) await oneTurn();
    for (const entry of all.slice(at, at + FILTER_PIECE)) {
      const name = foldCase(entry.name);
      if (words.every((word) => name.includes(word))) chosen.push(entry);
    }
  }
  return chosen;
}

/** Folders come first; what is equal is in the order of the names, and folders have no size. */
function comparison({ sort, order }: View): Compare<Entry> {
  const sign = order === "desc" ? -1 : 1;
  if (sort === "name") return (one, other) => byKind(one, other) || sign * byName(one, other);
  const valueOf = sort === "size"
    ? ({ kind, size }: Entry) => kind === "folder" ? 0 : size
    : ({ mtimeMs }: Entry) => mtimeMs ?? -Infinity;
  return (one, other) =>
    byKind(one, other) || sign * byOrder(valueOf(one), valueOf(other)) || byName(one, other);
}

function byKind(one: Entry, other: Entry): number {
  return Number(other.kind === "folder") - Number(one.kind === "folder");
}

function byName(one: Entry, other: Entry): number {
  return byOrder(one.key, other.key) || byOrder(one.name, other.name);
}

function byOrder<T extends string | number>(one: T, other: T): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
