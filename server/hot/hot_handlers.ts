// Which handlers do nothing but answer with files, so that a server may answer in their place. They are functions
// like any other to whoever holds them.

import { HotAnswers, type HotSource } from "./hot_answers.ts";

const sources = new WeakMap<object, HotSource>();

/** Says that `handler` answers as `source` does, where that has an answer. */
export function markHot(handler: object, source: HotSource): void {
  sources.set(handler, source);
}

/** Lets one handler stand for another, which it calls and does nothing else. */
export function passOnHot(from: object, to: object): void {
  const source = sources.get(from);
  if (source !== undefined) sources.set(to, source);
}

/** The answers that a server may give in the place of a handler. */
export function hotAnswersOf(handler: object): HotAnswers | undefined {
  const source = sources.get(handler);
  return source === undefined || source.maxBytes === 0 ? undefined : new HotAnswers(source);
}
