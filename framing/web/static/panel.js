// The choices beside the article: the labels with their keys, what stands on the paragraph, what others said of it.

import { button, dress, element, keycap, mark } from "./elements.js";
import { inWords, sentence, stands, when } from "./wording.js";

export class Panel {
  #parts;
  #labels = new Map();
  #buttons = new Map();
  #titles;

  /** `parts` are the elements of the panel by their ids; see label.html. */
  constructor(parts) {
    this.#parts = parts;
  }

  /** Make a button for each label; `choose(label)` is what a click on it does. */
  fill(labels, titles, choose) {
    this.#titles = titles;
    this.#labels = new Map(labels.map((label) => [label.id, label]));
    this.#buttons.clear();
    for (const label of labels) {
      const cap = label.key ? keycap(label.key) : null;
      const name = element("span", "name", label.title);
      const made = button("label", (event) => choose(label.id, event), cap, mark(label), name, element("span", "tag"));
      if (label.key) made.setAttribute("aria-keyshortcuts", label.key);
      this.#buttons.set(label.id, dress(made, label));
    }
    this.#parts.labels.replaceChildren(...this.#buttons.values());
  }

  /** Show what stands on a paragraph, and what its coder may know of it. */
  show(view) {
    const { current } = view;
    const parts = this.#parts;
    this.#atEnd(false);
    if (stands(current)) {
      const moment = when(current.labelled_at);
      const shown = current.suggested ? `the model’s ${this.#titles.of(current.suggested)} was shown` : "";
      const after = [shown, moment].filter(Boolean).map((words) => ` · ${words}`);
      const said = element("strong", "", sentence(inWords(current, this.#titles)));
      parts.state.replaceChildren(said, element("span", "quiet", ...after));
    } else {
      parts.state.replaceChildren(element("span", "quiet", view.others ? "Not decided yet" : "Not labelled yet"));
    }
    for (const [label, made] of this.#buttons) {
      const chosen = current?.frame === label;
      made.setAttribute("aria-pressed", String(chosen));
      const tag = current?.runner_up === label ? "runner-up" : "";
      made.querySelector(".tag").textContent = chosen ? `your label${current.sure ? "" : ", unsure"}` : tag;
    }
    this.command("skip").setAttribute("aria-pressed", String(current?.set_aside === "skipped"));
    this.command("flag").setAttribute("aria-pressed", String(current?.set_aside === "flagged"));
    this.#showOthers(view.others);
  }

  /** Show the panel as it is at the end of the queue: without labels, with the commands. */
  showEnd() {
    this.#atEnd(true);
    this.#parts.others.hidden = true;
    this.#parts.suggestion.hidden = true;
  }

  /** Show the model's frame, or that it has none to show; undefined while suggestions are off. */
  suggest(suggestion) {
    const place = this.#parts.suggestion;
    place.hidden = suggestion === undefined;
    this.command("model").setAttribute("aria-pressed", String(suggestion !== undefined));
    for (const [label, made] of this.#buttons) made.classList.toggle("suggested", suggestion?.frame === label);
    if (suggestion === undefined) return;
    const words =
      suggestion === null
        ? "The model has no suggestion here."
        : `The model suggests ${this.#titles.of(suggestion.frame)}${percent(suggestion.probability)}.`;
    place.replaceChildren(words, element("span", "quiet", " That you saw it is recorded."));
  }

  /** Say what the next key is waited for; `first` is the frame of an unsure judgement that waits for its runner-up. */
  ask(words, { unsure = false, first = null } = {}) {
    if (this.#parts.prompt.textContent !== words) this.#parts.prompt.textContent = words;
    this.#parts.choices.classList.toggle("asking", unsure);
    this.#parts.steps.hidden = !unsure;
    this.#parts.steps.querySelector('[data-command="none"]').hidden = first === null;
    this.command("unsure").setAttribute("aria-pressed", String(unsure));
    for (const [label, made] of this.#buttons) made.classList.toggle("first", label === first);
  }

  /** Mark the label that is being saved; null where none is. */
  saving(label) {
    for (const [name, made] of this.#buttons) made.classList.toggle("saving", name === label);
  }

  /** Show that no key would be taken at present. */
  block(blocked) {
    if (blocked) this.#parts.choices.scrollTop = 0;
    for (const made of this.#parts.choices.querySelectorAll(".labels button, .commands button")) {
      if (blocked && made.dataset.command !== "codebook") made.setAttribute("aria-disabled", "true");
      else made.removeAttribute("aria-disabled");
    }
  }

  command(name) {
    return this.#parts.commands.querySelector(`[data-command="${name}"]`);
  }

  #atEnd(end) {
    const ofParagraph = ["unsure", "note", "skip", "flag", "forward"].map((name) => this.command(name));
    for (const part of [this.#parts.labels, this.#parts.state, ...ofParagraph]) part.hidden = end;
  }

  #showOthers(others) {
    this.#parts.others.hidden = !others || others.length === 0;
    const lines = (others ?? []).map((other) => {
      const words = [other.sure ? "" : "unsure", other.runner_up ? `or ${this.#titles.of(other.runner_up)}` : ""];
      const after = words.filter(Boolean).join(", ");
      const note = other.note ? element("q", "", other.note) : null;
      if (note) note.dir = "auto";
      const frame = element("strong", "", other.frame === null ? "no frame" : this.#titles.of(other.frame));
      const said = element("span", "", frame, after ? ` ${after}` : "", note);
      const line = element("li", "", element("span", "letter", other.coder), said);
      return dress(line, this.#labels.get(other.frame) ?? null);
    });
    this.#parts.others.querySelector("ul").replaceChildren(...lines);
  }
}

function percent(probability) {
  return typeof probability === "number" ? `, ${Math.round(probability * 100)}%` : "";
}
