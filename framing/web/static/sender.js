// From a key press to its confirmation, with what the coder is told in between.

import { Outbox, Settled } from "./outbox.js";
import { Refused, SessionLost } from "./requests.js";
import { sentence } from "./wording.js";

export const NEW_LINK = "The program was started anew. Open the new link that it shows in the terminal";

export class Sender {
  #outbox;
  #notices;
  #block;
  #sending = 0;

  /** `block(blocked)` shows whether a key would be taken. */
  constructor(pageKey, notices, block) {
    this.#outbox = new Outbox(pageKey);
    this.#notices = notices;
    this.#block = block;
  }

  /** Whether something is on its way: nothing else can be labelled until it is settled. */
  get sending() {
    return this.#sending > 0;
  }

  /** What a closed page, a stopped program or another tab has left unconfirmed, oldest first. */
  get waiting() {
    return this.#outbox.waiting();
  }

  wake() {
    this.#outbox.wake();
  }

  settledBy(event) {
    return this.#outbox.settledBy(event);
  }

  /** Send a new key press. Returns the program's answer, or null where there is none; see `deliver`. */
  async send(entry) {
    this.#sending += 1;
    try {
      this.#notices.waiting("Saving …");
      if (this.#outbox.claim(entry)) return await this.deliver(entry);
      for (const earlier of this.waiting) await this.deliver(earlier);
      this.#notices.say("A key of another tab was saved first. Look, and press yours again.");
      return null;
    } finally {
      this.#sending -= 1;
    }
  }

  /**
   * Send what is kept until the program confirms it, and return its answer; null where another tab has settled it,
   * where there was nothing to undo, or where the coder gives it up.
   */
  async deliver(entry) {
    this.#sending += 1;
    try {
      for (;;) {
        const answer = await this.#tried(entry);
        if (answer !== undefined) return answer;
      }
    } finally {
      this.#sending -= 1;
      this.#notices.clear();
      this.#block(false);
    }
  }

  /** The answer; undefined where the coder wants another try at what was refused. */
  async #tried(entry) {
    try {
      return await this.#outbox.deliver(entry, (error) => this.#tell(error, entry));
    } catch (error) {
      if (error instanceof Settled) return null;
      if (!(error instanceof Refused)) throw error;
      const nothingToUndo = entry.path === "/api/undo" && error.status === 409;
      if (nothingToUndo) this.#notices.say(sentence(`${error.message}.`));
      else if (!(await this.#givesUp(error, entry))) return undefined;
      this.#outbox.drop(entry);
      return null;
    }
  }

  #tell(error, entry) {
    const key = `our last key (${entry.words}) is`;
    const then = this.#outbox.keeps ? "kept here and sent" : "lost if you close this page, and otherwise sent";
    let words = `Not saved: the program cannot be reached. Y${key} ${then} when it is back.`;
    if (error instanceof SessionLost) words = `Not saved. ${NEW_LINK}; y${key} ${then} then.`;
    if (error instanceof Refused) words = `Not saved: ${error.message}. Y${key} ${then} again.`;
    this.#block(true);
    this.#notices.alarm(words, [["Try now", () => this.wake()]]);
  }

  /** Ask whether a key that the program refuses for good is to be given up. */
  #givesUp(error, entry) {
    this.#block(true);
    return new Promise((decide) => {
      this.#notices.alarm(`Not saved: the program refuses your last key (${entry.words}). It says: ${error.message}.`, [
        ["Try again", () => decide(false)],
        ["Give this key up", () => decide(true)],
      ]);
    });
  }
}
