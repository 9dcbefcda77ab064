// What the page says: in passing, in the header, that something is saved; and, for as long as it lasts, that it is not.

import { button, element } from "./elements.js";

// Longer than a save or a move takes as a rule.
const SLOW = 350;

export class Notices {
  #status;
  #alert;
  #timer = 0;
  // What stood there before it was told that something takes long.
  #before = null;

  constructor({ status, alert }) {
    this.#status = status;
    this.#alert = alert;
  }

  /** Say what has been done; `kind` is "saved" where it is on the disk. */
  say(text, kind = "") {
    clearTimeout(this.#timer);
    this.#before = null;
    // The same words twice are said twice.
    const again = this.#status.textContent === text ? "\u00a0" : "";
    this.#status.className = `status ${kind}`;
    this.#status.textContent = text + again;
  }

  /** Say what is being waited for, if it takes long, until `waited`. */
  waiting(text) {
    this.waited();
    this.#timer = setTimeout(() => {
      this.#before = [this.#status.textContent, this.#status.className];
      this.#status.className = "status";
      this.#status.textContent = text;
    }, SLOW);
  }

  waited() {
    clearTimeout(this.#timer);
    if (this.#before !== null) [this.#status.textContent, this.#status.className] = this.#before;
    this.#before = null;
  }

  /** Say what is wrong until `clear`; each action is a text and what its button does. */
  alarm(text, actions = []) {
    clearTimeout(this.#timer);
    this.#before = null;
    if (this.#alert.dataset.text === text) return;
    this.#alert.dataset.text = text;
    this.#status.className = "status";
    this.#status.textContent = "";
    const buttons = actions.map(([words, action]) => button("", action, words));
    const row = buttons.length > 0 ? element("div", "actions", ...buttons) : null;
    this.#alert.hidden = false;
    this.#alert.replaceChildren(...[element("p", "", text), row].filter((part) => part !== null));
  }

  clear() {
    this.waited();
    if (this.#alert.hidden) return;
    this.#alert.hidden = true;
    this.#alert.replaceChildren();
    delete this.#alert.dataset.text;
  }
}
