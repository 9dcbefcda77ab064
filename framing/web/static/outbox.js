// What was pressed and is not yet confirmed. It is kept in the browser's storage before it is sent, and stays there
// until the program says that it is saved: neither a closed page nor a stopped program loses it. Sending it twice is
// harmless, as each has a request id by which the program knows it again.

import { NotReached, Refused, call, pause, pauses } from "./requests.js";

const PATHS = ["/api/annotations", "/api/undo"];

/** Another tab has sent it, or dropped it. */
export class Settled extends Error {}

export class Outbox {
  #pageKey;
  #prefix;
  #mine = new Map();
  #wake = () => {};

  /** @param {string} pageKey tells the labels folder, the coder and the role apart from others. */
  constructor(pageKey) {
    this.#pageKey = pageKey;
    this.#prefix = `framing ${pageKey} unconfirmed `;
    // Whether the browser keeps anything: some are told not to, or are full.
    this.keeps = this.#store("probe", "");
    if (this.keeps) localStorage.removeItem(`${this.#prefix}probe`);
  }

  /** What is unconfirmed, of this tab and of others, oldest first. */
  waiting() {
    const found = new Map();
    for (const key of this.#stored()) {
      const entry = this.#read(key);
      if (entry !== null) found.set(entry.body.request, entry);
    }
    for (const entry of this.#mine.values()) found.set(entry.body.request, entry);
    return [...found.values()].sort((one, other) => one.pressed - other.pressed);
  }

  /** Keep a new entry, unless another is unconfirmed: there is never more than one. */
  claim(entry) {
    if (this.waiting().length > 0) return false;
    this.#mine.set(entry.body.request, entry);
    this.keeps &&= this.#store(entry.body.request, JSON.stringify(entry));
    return true;
  }

  /**
   * Send an entry until it is confirmed, and return the program's answer.
   *
   * `tell(error)` is called after each try that failed for now. Throws Refused where no further try would help; the
   * entry is kept then. Throws Settled where another tab was quicker.
   */
  async deliver(entry, tell) {
    this.#mine.set(entry.body.request, entry);
    for (const milliseconds of pauses()) {
      try {
        const answer = await call(entry.path, entry.body, this.#pageKey);
        if (answer.saved !== true || answer.request !== entry.body.request) throw new NotReached();
        this.drop(entry);
        return answer;
      } catch (error) {
        if (error instanceof Refused && !error.passing) throw error;
        tell(error);
      }
      const rest = pause(milliseconds);
      this.#wake = rest.cut;
      await rest.done;
      if (this.keeps && localStorage.getItem(this.#prefix + entry.body.request) === null) {
        this.#mine.delete(entry.body.request);
        throw new Settled();
      }
    }
  }

  /** Forget an entry: it is saved, or the coder gives it up. */
  drop(entry) {
    this.#mine.delete(entry.body.request);
    if (this.keeps) localStorage.removeItem(this.#prefix + entry.body.request);
  }

  /** Try again now instead of after the pause. */
  wake() {
    this.#wake();
  }

  /** Whether a change of the storage, told by another tab, is that something was settled. */
  settledBy(event) {
    return event.newValue === null && (event.key === null || event.key.startsWith(this.#prefix));
  }

  #stored() {
    return this.keeps ? Object.keys(localStorage).filter((key) => key.startsWith(this.#prefix)) : [];
  }

  #read(key) {
    try {
      const entry = JSON.parse(localStorage.getItem(key));
      if (PATHS.includes(entry.path) && key === this.#prefix + entry.body.request) return entry;
    } catch {
      // Falls through: nothing that could ever be sent.
    }
    localStorage.removeItem(key);
    return null;
  }

  #store(name, text) {
    try {
      localStorage.setItem(this.#prefix + name, text);
      return true;
    } catch {
      return false;
    }
  }
}
