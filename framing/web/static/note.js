// The note on a paragraph. While it is written no key is a label.

import { Drafts } from "./drafts.js";
import { stands } from "./wording.js";

export class NoteField {
  #field;
  #toggle;
  #area;
  #hint;
  #end;
  #drafts;
  #paragraph = null;
  #current = null;

  /** `leave()` goes back to the keys; `save()` saves the note with the label that stands. */
  constructor(field, toggle, pageKey, { leave, save }) {
    this.#field = field;
    this.#toggle = toggle;
    this.#area = field.querySelector("textarea");
    this.#hint = field.querySelector("#note-hint");
    this.#end = field.querySelector("#note-done");
    this.#drafts = new Drafts(pageKey);
    const finish = () => {
      this.close(leave);
      if (this.#changed) save();
    };
    this.#area.addEventListener("input", () => this.#keep());
    this.#area.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229) return;
      const ends = event.key === "Enter" && (event.ctrlKey || event.metaKey);
      if (!ends && event.key !== "Escape") return;
      event.preventDefault();
      if (ends) finish();
      else this.close(leave);
    });
    this.#end.addEventListener("click", finish);
  }

  /** The note as it is to be saved. */
  get text() {
    return wellFormed(this.#area.value).trim();
  }

  /** Show the note on a paragraph: what was typed and not saved, or what stands. */
  show(paragraph, current) {
    const writing = document.activeElement === this.#area;
    if (!writing || paragraph !== this.#paragraph) {
      this.#area.value = this.#drafts.of(paragraph) ?? current?.note ?? "";
      this.#reveal(this.#area.value !== "");
    }
    this.#paragraph = paragraph;
    this.standing(current);
  }

  /** Take in what stands on the paragraph now. */
  standing(current) {
    this.#current = current;
    const saves = stands(current);
    this.#field.classList.toggle("changed", this.#changed);
    this.#end.textContent = saves && this.#changed ? "Save note" : "Done";
    let words = saves ? "It is saved." : "It is saved with the label.";
    if (saves && this.#changed) words = "Not saved yet: Ctrl + Enter saves it.";
    this.#hint.textContent = `${words} Escape goes back to the keys.`;
  }

  hide() {
    this.#reveal(false);
  }

  open() {
    this.#reveal(true);
    this.#area.focus();
  }

  close(leave) {
    if (this.#area.value === "") this.#reveal(false);
    leave();
  }

  /** A note has been saved with a paragraph's label: what was typed is no draft any more. */
  saved(paragraph, note) {
    const draft = this.#drafts.of(paragraph);
    if (draft !== undefined && wellFormed(draft).trim() === (note ?? "")) this.#drafts.drop(paragraph);
  }

  get #changed() {
    return this.text !== (this.#current?.note ?? "");
  }

  #keep() {
    if (this.#changed) this.#drafts.keep(this.#paragraph, this.#area.value);
    else this.#drafts.drop(this.#paragraph);
    this.standing(this.#current);
  }

  #reveal(shown) {
    this.#field.hidden = !shown;
    this.#toggle.setAttribute("aria-expanded", String(shown));
  }
}

// Half a character, as some keyboards leave it, could not be saved.
function wellFormed(text) {
  return typeof text.toWellFormed === "function" ? text.toWellFormed() : text;
}
