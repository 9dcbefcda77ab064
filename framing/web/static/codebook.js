// The codebook in a drawer over the page: what each frame means, and the rules.

import { dress, element, keycap, mark } from "./elements.js";

export class CodebookDrawer {
  #dialog;
  #title;

  constructor(dialog) {
    this.#dialog = dialog;
    this.#title = dialog.querySelector("h2");
    dialog.querySelector(".close").addEventListener("click", () => dialog.close());
    // A click beside the drawer closes it; the drawer itself is filled by its parts.
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  }

  get open() {
    return this.#dialog.open;
  }

  /** Fill the drawer with a codebook; `labels` say which key and colours each label has. */
  fill(codebook, labels) {
    this.#title.textContent = `Codebook ${codebook.name}, version ${codebook.version}`;
    const frames = new Map(codebook.frames.map((frame) => [frame.id, frame]));
    const parts = labels.map((label) => this.#label(label, frames.get(label.id), codebook));
    const others = codebook.rules.filter(([name]) => name !== codebook.residual);
    if (others.length > 0) parts.push(rules(others));
    parts.push(this.#help());
    this.#dialog.querySelector(".pages").replaceChildren(...parts);
  }

  show() {
    if (this.open) return;
    this.#dialog.showModal();
    this.#dialog.querySelector(".pages").scrollTop = 0;
    this.#title.focus();
  }

  /** What a key does while the drawer is open: the key of a label goes to its page. */
  press(key) {
    if (key === "c" || key === "?") this.#dialog.close();
    const page = this.#dialog.querySelector(`.page[data-key="${CSS.escape(key)}"]`);
    page?.scrollIntoView({ behavior: "instant", block: "start" });
    page?.querySelector("h3").focus({ preventScroll: true });
  }

  #label(label, frame, codebook) {
    const page = dress(element("section", "page"), label);
    page.dataset.key = label.key;
    const cap = label.key ? keycap(label.key) : null;
    const title = element("h3", "", cap, mark(label), element("span", "", label.title));
    title.tabIndex = -1;
    page.append(title);
    if (frame === undefined) {
      const named = codebook.rules.find(([name]) => name === label.id);
      page.append(element("p", "definition", "The paragraph carries none of the frames."));
      if (named) page.append(list("Takes in", named[1], "include"));
      return page;
    }
    if (frame.question) page.append(element("p", "question", frame.question));
    if (frame.definition) page.append(element("p", "definition", frame.definition));
    if (frame.include.length > 0) page.append(list("Takes in", frame.include, "include"));
    if (frame.exclude.length > 0) page.append(list("Leaves out", frame.exclude, "exclude"));
    if (frame.examples.length > 0) page.append(list("Examples", frame.examples, "examples"));
    return page;
  }

  #help() {
    const page = element("section", "page rules");
    const items = [
      ["a label’s key", "labels the paragraph and moves on; here, it goes to the label’s definition"],
      ["u", "unsure: the next key is the frame, the one after it the runner-up, Enter if there is none"],
      ["n", "a note; Ctrl + Enter or Escape goes back to the keys"],
      ["s, f", "skip what you cannot say; flag what should be looked at again"],
      ["z", "takes the last key back; again, the one before it"],
      ["b or ←, g or →, e", "back, forward, the first that is not yet done"],
    ];
    const lines = items.map(([keys, words]) => element("li", "", element("strong", "", keys), ` ${words}`));
    page.append(element("h3", "", "Keys"), element("ul", "", ...lines));
    return page;
  }
}

function list(name, items, className) {
  const lines = items.map((item) => element("li", "", item));
  return element("div", className, element("h4", "", name), element("ul", "", ...lines));
}

function rules(named) {
  const page = element("section", "page rules");
  const lists = named.map(([name, items]) => list(name.charAt(0).toUpperCase() + name.slice(1), items, ""));
  page.append(element("h3", "", "Rules"), ...lists);
  return page;
}
