// The labelling page: one paragraph at a time, one key a label. A label counts when the program says that it is on the
// disk, and only then does the page go on.

import { CodebookDrawer } from "./codebook.js";
import { commandOf, keyOf } from "./keys.js";
import { Notices } from "./notices.js";
import { Reader } from "./reader.js";
import { call } from "./requests.js";
import { Sender } from "./sender.js";
import { Stage } from "./stage.js";
import { inWords, sentence, stands } from "./wording.js";

class Page {
  #session = null;
  #index = 0;
  // Where the page is on its way to: twice back is two paragraphs back, however quick.
  #goal = 0;
  // What the program says of the paragraph that is shown; null at the end of the queue.
  #view = null;
  #next = null;
  // Each move has a turn of its own, so that one that was overtaken knows it.
  #turn = 0;
  #moving = false;
  #suggesting = false;
  // Null, or an unsure judgement that is being made: its frame first.
  #unsure = null;

  constructor() {
    const parts = Object.fromEntries([...document.querySelectorAll("[id]")].map((part) => [part.id, part]));
    const { pageKey } = document.documentElement.dataset;
    this.notices = new Notices(parts);
    this.stage = new Stage(parts, pageKey, () => this.#saveNote());
    this.sender = new Sender(pageKey, this.notices, (blocked) => this.#block(blocked));
    this.reader = new Reader(this.notices, this.sender);
    this.drawer = new CodebookDrawer(parts.codebook);
    this.#listen(parts.choices);
  }

  /** Open the page: first send what is unconfirmed from before, then show a paragraph. */
  async start() {
    this.#takeSession(await this.reader.read("/api/session", () => false));
    this.notices.say("Ready.");
    const { total } = this.#session;
    let index = history.state?.index;
    for (const entry of this.sender.waiting) {
      this.notices.say(`Sending what was not confirmed before: ${entry.words} …`);
      const answer = await this.sender.deliver(entry);
      if (answer === null) continue;
      index = answer.index ?? entry.index + 1;
      this.stage.note.saved(answer.paragraph, entry.body.note);
      this.#takeSession(await this.reader.read("/api/session", () => false));
      this.notices.say(`Saved, from before: ${entry.words}. ${this.stage.counted}`, "saved");
    }
    // What was shown before belongs to the same queue only if that is as long as it was.
    const known = Number.isInteger(index) && index >= 0 && index <= total && total === this.#session.total;
    await this.#show(known ? index : this.#session.start);
  }

  #takeSession(session) {
    this.#session = session;
    this.stage.takeSession(session, (label, event) => this.#click(event, () => this.#choose(label)));
    this.drawer.fill(session.codebook, session.labels);
  }

  // Keys and clicks.

  #listen(choices) {
    document.addEventListener("keydown", (event) => this.#press(event));
    for (const made of choices.querySelectorAll("[data-command]")) {
      made.addEventListener("click", (event) => this.#click(event, () => this.#run(made.dataset.command)));
    }
    window.addEventListener("beforeunload", (event) => {
      if (this.sender.sending) event.preventDefault();
    });
    // Another tab of the same coder may have changed what is shown here.
    window.addEventListener("storage", (event) => {
      if (this.sender.settledBy(event)) this.#refresh();
    });
    for (const name of ["focus", "online"]) window.addEventListener(name, () => this.#comeBack());
  }

  #press(event) {
    const key = keyOf(event);
    if (key === null || this.#session === null) return;
    if (this.drawer.open) {
      this.drawer.press(key);
      return;
    }
    const label = this.#session.labels.find((one) => one.key === key);
    const command = commandOf(key);
    if (label === undefined && command === null) return;
    if ((command === "none" || command === "leave") && this.#unsure === null) return;
    event.preventDefault();
    if (label === undefined) this.#run(command);
    else this.#choose(label.id);
  }

  /** After a click of the mouse or a touch the keys work as before it; a button pressed by a key keeps the focus. */
  #click(event, action) {
    if (event.detail > 0) this.stage.article.focus();
    action();
  }

  #run(command) {
    if (this.#session === null) return;
    if (command === "codebook") {
      this.drawer.show();
      return;
    }
    if (this.sender.sending) {
      this.sender.wake();
      return;
    }
    const judging = {
      unsure: () => this.#setUnsure(this.#unsure === null ? { frame: null } : null),
      none: () => this.#unsure?.frame && this.#save({ frame: this.#unsure.frame, sure: false }),
      leave: () => this.#setUnsure(null),
      note: () => this.stage.note.open(),
      skip: () => this.#save({ frame: null, set_aside: "skipped" }),
      flag: () => this.#flag(),
      model: () => this.#session.suggestions && this.#toggleSuggestions(),
    };
    const moving = {
      undo: () => this.#undo(),
      back: () => this.#goal > 0 && this.#show(this.#goal - 1),
      forward: () => this.#goal < this.#session.total && this.#show(this.#goal + 1),
      first: () => this.#goToFirst(),
    };
    if (command in moving) moving[command]();
    else if (this.#ready) judging[command]();
  }

  /** Whether a judgement could be taken now: a paragraph is shown, and nothing is on its way. */
  get #ready() {
    return this.#view !== null && !this.#moving && !this.sender.sending;
  }

  // Judgements.

  #choose(label) {
    if (this.sender.sending) this.sender.wake();
    if (!this.#ready) return;
    if (this.#unsure === null) this.#save({ frame: label });
    else if (this.#unsure.frame === null) this.#setUnsure({ frame: label });
    else if (this.#unsure.frame !== label) this.#save({ frame: this.#unsure.frame, sure: false, runner_up: label });
    else this.notices.say(`${this.stage.titles.of(label)} stands first already. Press another, or Enter for none.`);
  }

  #setUnsure(unsure) {
    this.#unsure = unsure;
    let words = this.#session.role === "adjudicator" ? "Which frame shall it be?" : "Which frame is it?";
    if (unsure !== null) words = `Unsure. ${unsure.frame === null ? "Which frame first?" : "Which is the runner-up?"}`;
    this.stage.panel.ask(words, { unsure: unsure !== null, first: unsure?.frame ?? null });
  }

  #block(blocked) {
    this.stage.panel.block(blocked);
    if (blocked) this.stage.panel.ask("Not saved yet");
    else if (document.activeElement === document.body) this.stage.article.focus();
  }

  #flag() {
    const { current } = this.#view;
    const beside = stands(current) ? { frame: current.frame, sure: current.sure, runner_up: current.runner_up } : {};
    this.#save({ frame: null, ...beside, set_aside: "flagged" });
  }

  #saveNote() {
    if (!this.#ready || !stands(this.#view.current)) return;
    const { frame, sure, runner_up, set_aside } = this.#view.current;
    this.#save({ frame, sure, runner_up, set_aside }, { stay: true });
  }

  async #save(judgement, { stay = false } = {}) {
    const asked = { sure: true, runner_up: null, set_aside: null, ...judgement };
    const { paragraph } = this.#view;
    const body = { request: crypto.randomUUID(), paragraph, note: this.stage.note.text || null, ...asked };
    const words = sentence(inWords(body, this.stage.titles));
    this.stage.panel.saving(body.frame);
    const answer = await this.#send({ path: "/api/annotations", body, words });
    this.stage.panel.saving(null);
    if (answer === null) return;
    this.stage.note.saved(paragraph, body.note);
    this.notices.say(`Saved: ${words}. ${this.stage.counted}`, "saved");
    if (stay) {
      this.#view.current = answer.current;
      this.stage.showState(this.#view, this.#suggesting);
    } else {
      await this.#show(this.#index + 1);
    }
  }

  async #undo() {
    if (this.#moving) return;
    const answer = await this.#send({ path: "/api/undo", body: { request: crypto.randomUUID() }, words: "Undo" });
    if (answer === null) return;
    this.#next = null;
    const { current, index } = answer;
    const again = stands(current) ? `the label is ${inWords(current, this.stage.titles)} again` : "";
    const now = again || "the paragraph has no label";
    const where = index === null ? " It is not in this queue." : "";
    this.notices.say(`Undone: ${now}.${where} ${this.stage.counted}`, "saved");
    if (index === null) await this.#refresh();
    else await this.#show(index);
  }

  async #send(entry) {
    // What a look in the background finds is older than what this writes.
    this.#turn += 1;
    const answer = await this.sender.send({ ...entry, index: this.#index, pressed: Date.now() });
    this.#setUnsure(null);
    if (answer === null) await this.#refresh();
    else this.#count(answer);
    return answer;
  }

  // Moving.

  async #show(index) {
    const turn = ++this.#turn;
    this.reader.wake();
    this.#goal = Math.min(index, this.#session.total);
    this.#moving = true;
    this.#setUnsure(null);
    const view = index < this.#session.total ? await this.#fetch(index, turn) : null;
    if (turn !== this.#turn) return;
    this.#view = view;
    this.#index = this.#goal;
    this.#moving = false;
    history.replaceState({ index: this.#index }, "");
    if (view === null) {
      this.stage.showEnd(() => this.#goToFirst());
      return;
    }
    this.stage.showParagraph(this.#index, view, this.#suggesting);
    this.#prefetch();
  }

  async #fetch(index, turn) {
    this.notices.waiting(this.#suggesting ? "Asking the model …" : "Opening the paragraph …");
    // Used once: what stands on the paragraph may change from now on.
    const next = this.#next;
    this.#next = null;
    let view = next?.index === index ? await next.view : null;
    if (turn === this.#turn) view ??= await this.reader.read(this.#path(index), () => turn !== this.#turn);
    this.notices.waited();
    return view;
  }

  #path(index) {
    return `/api/paragraphs/${index}?suggest=${this.#suggesting ? 1 : 0}`;
  }

  /** Get the next paragraph while this one is read. A suggestion is asked for only when it is shown: it is recorded. */
  #prefetch() {
    const index = this.#index + 1;
    if (this.#suggesting || index >= this.#session.total || this.#next?.index === index) return;
    this.#next = { index, view: call(this.#path(index)).catch(() => null) };
  }

  async #goToFirst() {
    const turn = ++this.#turn;
    const session = await this.reader.read("/api/session", () => turn !== this.#turn);
    if (turn !== this.#turn) return;
    this.#count(session);
    await this.#show(session.start);
  }

  async #toggleSuggestions() {
    this.#suggesting = !this.#suggesting;
    this.#next = null;
    await this.#show(this.#index);
    const state = this.#suggesting ? "on. What you are shown is recorded with your label." : "off.";
    this.notices.say(`Model suggestions are ${state}`);
  }

  // What another tab, an import or a new run may have changed.

  #comeBack() {
    this.sender.wake();
    this.reader.wake();
    this.#refresh();
  }

  /** Look again at what is shown, in the background; what cannot be reached now is told at the next key. */
  async #refresh() {
    if (this.#session === null || this.#moving || this.sender.sending) return;
    const turn = this.#turn;
    this.#next = null;
    try {
      const session = await call("/api/session");
      const view = this.#view === null ? null : await call(this.#path(this.#index));
      if (turn !== this.#turn || this.sender.sending) return;
      if (!sameWork(session, this.#session)) location.reload();
      this.#count(session);
      if (view === null) return;
      this.#view = view;
      this.stage.showState(this.#view, this.#suggesting);
      this.#prefetch();
    } catch {
      // As above.
    }
  }

  #count({ done, total }) {
    // The program was started anew, with another queue.
    if (total !== this.#session.total) location.reload();
    this.#session.done = done;
    this.stage.showCount();
  }
}

/** Whether two descriptions of a session are of the same queue, codebook and role. */
function sameWork(one, other) {
  const work = ({ done, start, ...rest }) => JSON.stringify(rest);
  return work(one) === work(other);
}

new Page().start();
