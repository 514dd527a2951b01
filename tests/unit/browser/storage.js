// A browser's storage, in memory.

export class Storage {
  #values = new Map();

  /** full: whether it takes nothing more. */
  full = false;

  get length() {
    return this.#values.size;
  }

  key(place) {
    return [...this.#values.keys()][place] ?? null;
  }

  getItem(key) {
    return this.#values.get(key) ?? null;
  }

  setItem(key, value) {
    if (this.full) throw new Error("QuotaExceededError");
    this.#values.set(key, String(value));
  }

  removeItem(key) {
    this.#values.delete(key);
  }
}
