// What the page says: in passing, in the header, that something is saved; and, for as long as it lasts, that it is not.

import { button, element } from "./elements.js";

export class Notices {
  #status;
  #alert;
  #slow = 0;

  constructor({ status, alert }) {
    this.#status = status;
    this.#alert = alert;
  }

  /** Say what has been done; `kind` is "saved" where it is on the disk. */
  say(text, kind = "") {
    clearTimeout(this.#slow);
    // The same words twice are said twice.
    const again = this.#status.textContent === text ? "\u00a0" : "";
    this.#status.className = `status ${kind}`;
    this.#status.textContent = text + again;
  }

  /** Say it only if nothing else is said within a short while. */
  soon(text) {
    clearTimeout(this.#slow);
    this.#slow = setTimeout(() => this.say(text), 350);
  }

  notSoon() {
    clearTimeout(this.#slow);
  }

  /** Say what is wrong until `clear`; each action is a text and what its button does. */
  alarm(text, actions = []) {
    clearTimeout(this.#slow);
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
    clearTimeout(this.#slow);
    if (this.#alert.hidden) return;
    this.#alert.hidden = true;
    this.#alert.replaceChildren();
    delete this.#alert.dataset.text;
  }
}
