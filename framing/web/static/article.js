// The article with the paragraph that is to be labelled: the others stand around it, quieter.

import { dress, element } from "./elements.js";

// Where in the free height the paragraph begins: always the same place, so that the eye need not look for it.
const PLACE = 0.28;
const MARGIN = 16;

export class ArticleView {
  #host;
  #header;
  #panel;
  #article = null;
  #elements = new Map();
  #current = null;

  constructor(host, { header, panel }) {
    this.#host = host;
    this.#header = header;
    this.#panel = panel;
    let width = window.innerWidth;
    window.addEventListener("resize", () => {
      // A phone's address bar changes the height while one scrolls: that is no reason to scroll back.
      if (width !== window.innerWidth) this.place();
      width = window.innerWidth;
    });
    // A panel that grows must not hide what it asks about.
    new ResizeObserver(() => this.#below && this.place()).observe(panel);
  }

  /** Show an article, and one of its paragraphs as the current one; an article that stands there already is kept. */
  show(article, paragraph) {
    this.#host.hidden = false;
    if (!this.#holds(article)) this.#build(article);
    this.#current?.removeAttribute("aria-current");
    this.#current?.removeAttribute("tabindex");
    this.colour(null);
    this.#current = this.#elements.get(paragraph) ?? null;
    this.#current?.setAttribute("aria-current", "true");
    this.#current?.setAttribute("tabindex", "-1");
  }

  hide() {
    this.#host.hidden = true;
  }

  /** Give the current paragraph the colours of its label; null where it has none. */
  colour(label) {
    if (this.#current !== null) dress(this.#current, label);
  }

  /** Bring the current paragraph to its place, below the header and clear of the panel. */
  place() {
    if (this.#current === null || this.#host.hidden) return;
    const top = stuck(this.#header) ? this.#header.offsetHeight : 0;
    const room = window.innerHeight - top - (this.#below ? this.#panel.offsetHeight : 0);
    const box = this.#current.getBoundingClientRect();
    const free = room - box.height;
    const above = free > 2 * MARGIN ? Math.max(MARGIN, Math.min(room * PLACE, free - MARGIN)) : MARGIN;
    window.scrollTo({ top: window.scrollY + box.top - top - above, behavior: "instant" });
  }

  focus() {
    this.#current?.focus({ preventScroll: true });
  }

  /** Whether the panel stands below the article and covers its lower part. */
  get #below() {
    return this.#panel.offsetWidth > window.innerWidth * 0.9 && stuck(this.#panel);
  }

  #holds(article) {
    return this.#article?.id === article.id && this.#article.paragraphs.length === article.paragraphs.length;
  }

  #build(article) {
    this.#article = article;
    this.#elements.clear();
    this.#current = null;
    const parts = new DocumentFragment();
    for (const paragraph of article.paragraphs) {
      const text = element("p", "paragraph", paragraph.text);
      // Neither its language nor its direction is known.
      text.dir = "auto";
      text.lang = "";
      text.dataset.number = String(paragraph.position + 1);
      this.#elements.set(paragraph.id, text);
      parts.append(text);
    }
    this.#host.replaceChildren(parts);
  }
}

function stuck(part) {
  return getComputedStyle(part).position === "sticky";
}
