// What the page says of a judgement, in words.

const FIGURES = new Intl.NumberFormat("en-GB");
const MOMENTS = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** How a label is named: its title, as the codebook has it. */
export class Titles {
  #titles;

  constructor(labels) {
    this.#titles = new Map(labels.map((label) => [label.id, label.title]));
  }

  of(label) {
    return this.#titles.get(label) ?? label;
  }
}

/** Whether anything stands on a paragraph: a judgement that was taken back does not. */
export function stands(current) {
  return current !== null && (current.frame !== null || current.set_aside !== null);
}

/** A judgement in words, such as "Security operation, unsure, runner-up Insurgent claim". */
export function inWords(judgement, titles) {
  const words = [];
  if (judgement.set_aside === "skipped") words.push("skipped");
  if (judgement.set_aside === "flagged") words.push("flagged for another look");
  if (judgement.frame !== null) words.push(titles.of(judgement.frame));
  if (judgement.frame !== null && !judgement.sure) words.push("unsure");
  if (judgement.runner_up) words.push(`runner-up ${titles.of(judgement.runner_up)}`);
  return words.join(", ");
}

/** A moment in the reader's own time; "" where it is unknown. */
export function when(moment) {
  const date = new Date(moment ?? NaN);
  if (Number.isNaN(date.getTime())) return "";
  return MOMENTS.format(date);
}

/** A number as it is read: 2,422. */
export function figure(number) {
  return FIGURES.format(number);
}

/** Upper case at the start of a sentence. */
export function sentence(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
