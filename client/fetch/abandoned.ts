// Gives up what nobody can read any more: when the garbage collector finds that the object through which a body,
// or a connection, could be had is gone.

/** What would hold a connection for ever. */
export interface Holder {
  /** Lets it go; does nothing when it already has. */
  close(): void;
}

const REGISTRY = new FinalizationRegistry<Holder>((holder) => holder.close());

/** Closes `holder` when `owner` is gone. `holder` must not lead to it. */
export function closeWhenGone(owner: object, holder: Holder): void {
  REGISTRY.register(owner, holder, owner);
}

/** `owner` is no longer the only way to what it held. */
export function keepWhenGone(owner: object): void {
  REGISTRY.unregister(owner);
}
