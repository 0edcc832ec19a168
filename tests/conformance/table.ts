/**
 * Tables of cases made into tests: one of each row, sent whole, and one of all of them, sent byte by byte.
 */

/** What every row has. */
export interface Row {
  /** The test's name: a sentence. */
  readonly name: string;
  /** Where the requirement stands, and a short quote of it. */
  readonly rfc: string;
}

/** How many rows are sent byte by byte at a time: each is mostly waiting. */
const AT_ONCE = 24;

/** Makes the tests; `allName` is the name of the last one. */
export function testRows<R extends Row>(
  allName: string,
  rows: readonly R[],
  play: (row: R, isBytewise: boolean) => Promise<void>,
): void {
  const run = async (row: R, isBytewise: boolean): Promise<void> => {
    try {
      await play(row, isBytewise);
    } catch (error) {
      const how = isBytewise ? "byte by byte" : "whole";
      throw new Error(`${row.name}, sent ${how}; ${row.rfc}`, { cause: error });
    }
  };
  for (const row of rows) {
    Deno.test(`${row.name} [${row.rfc.split(":")[0]}]`, () => run(row, false));
  }
  Deno.test(allName, async () => {
    const failures: string[] = [];
    const left = rows.values();
    const work = async (): Promise<void> => {
      for (const row of left) {
        await run(row, true).catch((error) => {
          failures.push(`${error.message}\n${error.cause}`);
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (failures.length > 0) throw new Error(failures.join("\n\n"));
  });
}
