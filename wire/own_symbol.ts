// The runtime keeps things of its objects under symbols that nobody else has, but everybody can list.

/** The one symbol of the object's own that is described so; undefined where there is none, or are several. */
export function ownSymbol(object: object, description: string): symbol | undefined {
  const found = Object.getOwnPropertySymbols(object).filter((it) => it.description === description);
  return found.length === 1 ? found[0] : undefined;
}
