// What is shown when the queue is at its end.

import { button, element } from "./elements.js";
import { figure } from "./wording.js";

/** Say how far the work has come and what to do next; `goToFirst` is what the button for what is left does. */
export function endOfQueue({ done, total, role }, goToFirst) {
  const left = total - done;
  const what = role === "adjudicator" ? "decided" : "done";
  const counts = `${figure(done)} of ${figure(total)} ${what}${left > 0 ? `, ${figure(left)} left` : ""}.`;
  const parts = [element("p", "large", counts)];
  if (left > 0) {
    parts.push(element("p", "", "What is left was passed by, and stands in the queue as before."));
    parts.push(button("plain", goToFirst, "Go to what is left"));
    return parts;
  }
  const close = "Everything is saved. You may close this page, and stop the program in its terminal with Ctrl + C.";
  parts.push(element("p", "", close));
  const check = element("code", "", "framing labels check");
  const agreement = element("code", "", "framing labels agreement");
  parts.push(element("p", "quiet", "Then ", check, " looks the labels over, and ", agreement, " compares the coders."));
  return parts;
}
