// The headers of a response that was received: like those of every `fetch`, they cannot be changed.

/** Headers that cannot be changed. */
export class ReceivedHeaders extends Headers {
  override append(_name: string, _value: string): never {
    refuse();
  }

  override delete(_name: string): never {
    refuse();
  }

  override set(_name: string, _value: string): never {
    refuse();
  }
}

// What is printed is what it is to those who read it.
Object.defineProperty(ReceivedHeaders, "name", { value: "Headers" });

function refuse(): never {
  throw new TypeError("Cannot change headers: those of a response that was received are immutable");
}
