// What stands on the page: the article, the choices, the note, how far the work has come.

import { ArticleView } from "./article.js";
import { endOfQueue } from "./end.js";
import { NoteField } from "./note.js";
import { Panel } from "./panel.js";
import { Titles, figure } from "./wording.js";

export class Stage {
  #parts;
  #session;
  titles = new Titles([]);

  /** `parts` are the page's elements by their ids; `saveNote()` saves the note with the label that stands. */
  constructor(parts, pageKey, saveNote) {
    this.#parts = parts;
    this.article = new ArticleView(parts.article, { header: parts.top, panel: parts.choices });
    this.panel = new Panel(parts);
    this.note = new NoteField(parts["note-field"], this.panel.command("note"), pageKey, {
      leave: () => this.article.focus(),
      save: saveNote,
    });
  }

  /** Set the page up for a session; `choose(label, event)` is what a click on a label does. */
  takeSession(session, choose) {
    this.#session = session;
    this.titles = new Titles(session.labels);
    this.#parts.title.textContent = session.role === "adjudicator" ? "Adjudicating" : "Labelling";
    this.panel.fill(session.labels, this.titles, choose);
    this.panel.command("model").hidden = !session.suggestions;
    this.showCount();
  }

  /** Show a paragraph in its article, and give it the focus. */
  showParagraph(index, view, suggesting) {
    const { position, source, reason, end, title } = this.#parts;
    const { total, coder } = this.#session;
    end.hidden = true;
    position.textContent = `Paragraph ${figure(index + 1)} of ${figure(total)}`;
    document.title = `${index + 1}/${total} – ${title.textContent} – ${coder}`;
    source.textContent = view.article.id;
    reason.textContent = view.reason ?? "";
    reason.hidden = !view.reason;
    this.article.show(view.article, view.paragraph);
    this.showState(view, suggesting);
    this.article.place();
    this.article.focus();
  }

  /** Show what stands on the paragraph. */
  showState(view, suggesting) {
    this.panel.show(view);
    this.panel.suggest(suggesting ? view.suggestion : undefined);
    this.note.show(view.paragraph, view.current);
    this.article.colour(this.#session.labels.find((label) => label.id === view.current?.frame) ?? null);
  }

  /** Show that the queue is at its end; `goToFirst()` leads to what is left. */
  showEnd(goToFirst) {
    const { position, source, reason, end } = this.#parts;
    const left = this.#session.total - this.#session.done;
    position.textContent = "End of the queue";
    source.textContent = "";
    reason.hidden = true;
    this.article.hide();
    this.note.hide();
    this.panel.showEnd();
    this.panel.ask(left > 0 ? `${figure(left)} left to label` : "Nothing is left to label");
    end.replaceChildren(...endOfQueue(this.#session, goToFirst));
    end.hidden = false;
    end.focus({ preventScroll: true });
    window.scrollTo({ top: 0, behavior: "instant" });
  }

  showCount() {
    const { done, total } = this.#session;
    this.#parts.bar.max = Math.max(1, total);
    this.#parts.bar.value = done;
    this.#parts.done.textContent = `${figure(done)} done`;
  }

  /** How far the work has come: "12 of 200". */
  get counted() {
    return `${figure(this.#session.done)} of ${figure(this.#session.total)}`;
  }
}
