// What is read from the program, however long it takes: the page waits, says so, and goes on by itself.

import { Refused, SessionLost, call, pause, pauses } from "./requests.js";
import { NEW_LINK } from "./sender.js";
import { sentence } from "./wording.js";

export class Reader {
  #notices;
  #sender;
  #wake = () => {};

  constructor(notices, sender) {
    this.#notices = notices;
    this.#sender = sender;
  }

  /** Try again now instead of after the pause. */
  wake() {
    this.#wake();
  }

  /** Return what the program answers; null as soon as `overtaken()` says that nobody waits for it any more. */
  async read(path, overtaken) {
    for (const milliseconds of pauses()) {
      try {
        const answer = await call(path);
        if (!overtaken()) this.#notices.clear();
        return answer;
      } catch (error) {
        if (overtaken()) return null;
        this.#notices.alarm(this.#words(error), [["Try now", () => this.wake()]]);
      }
      const rest = pause(milliseconds);
      this.#wake = rest.cut;
      await rest.done;
      if (overtaken()) return null;
    }
  }

  #words(error) {
    if (error instanceof Refused) return sentence(`${error.message}. Trying again.`);
    const [waiting] = this.#sender.waiting;
    const kept = waiting === undefined ? "" : ` Your last key (${waiting.words}) is kept here and sent then.`;
    if (error instanceof SessionLost) return `${NEW_LINK}.${kept}`;
    return `The program cannot be reached. What you were told is saved, is; the page goes on when it is back.${kept}`;
  }
}
