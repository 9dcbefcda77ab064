// Notes that were typed and not yet saved with a label. They outlive a move to another paragraph and a reload.

export class Drafts {
  #key;
  // Of no prototype: any name may be that of a paragraph.
  #texts = Object.create(null);

  constructor(pageKey) {
    this.#key = `framing ${pageKey} drafts`;
    try {
      const kept = JSON.parse(localStorage.getItem(this.#key));
      if (kept !== null && typeof kept === "object") Object.assign(this.#texts, kept);
    } catch {
      // No storage, or nothing that can be read: there are no drafts.
    }
  }

  /** The draft on a paragraph; undefined where there is none. */
  of(paragraph) {
    const text = Object.hasOwn(this.#texts, paragraph) ? this.#texts[paragraph] : undefined;
    return typeof text === "string" ? text : undefined;
  }

  keep(paragraph, text) {
    this.#texts[paragraph] = text;
    this.#write();
  }

  drop(paragraph) {
    if (!Object.hasOwn(this.#texts, paragraph)) return;
    delete this.#texts[paragraph];
    this.#write();
  }

  #write() {
    try {
      if (Object.keys(this.#texts).length > 0) localStorage.setItem(this.#key, JSON.stringify(this.#texts));
      else localStorage.removeItem(this.#key);
    } catch {
      // Kept for as long as the page is open.
    }
  }
}
