/** A source of named events: modules report what happened without knowing who listens. */
export class Emitter {
  #handlers = new Map();

  /** Calls `handler` with each detail emitted as `type`; returns a function that unsubscribes. */
  on(type, handler) {
    const handlers = this.#handlers.get(type) ?? new Set();
    this.#handlers.set(type, handlers.add(handler));
    return () => handlers.delete(handler);
  }

  emit(type, detail) {
    for (const handler of [...(this.#handlers.get(type) ?? [])]) handler(detail);
  }
}
