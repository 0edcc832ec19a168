// A loop over parts that ends with its own error at once, whatever the source does when it is left.

import type { MultipartPart } from "./part.ts";

/**
 * Takes one part after the other. When `take` fails the parts are told to stop, but not waited for, unlike in
 * `for await`: a source that is slow to cancel, or never does, has no say in when the error is known.
 */
export async function forEachPart(
  parts: AsyncIterable<MultipartPart>,
  take: (part: MultipartPart) => Promise<void>,
): Promise<void> {
  const iterator = parts[Symbol.asyncIterator]();
  for (let it = await iterator.next(); !it.done; it = await iterator.next()) {
    try {
      await take(it.value);
    } catch (error) {
      stop(iterator, error).catch(() => {}); // the error is what matters, not how the source takes it
      throw error;
    }
  }
}

async function stop(iterator: AsyncIterator<MultipartPart>, reason: unknown): Promise<void> {
  await iterator.return?.(reason);
}
