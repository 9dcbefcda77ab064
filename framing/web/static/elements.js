// Elements made of names and text. Text only ever becomes a text node: what is in an article cannot become markup.

/** Make an element with a class and what is in it: strings and other elements. */
export function element(name, className = "", ...content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content.filter((part) => part !== null && part !== undefined));
  return made;
}

export function button(className, action, ...content) {
  const made = element("button", className, ...content);
  made.type = "button";
  made.addEventListener("click", action);
  return made;
}

/** A key as the legend shows it; those who do not see it are told by aria-keyshortcuts. */
export function keycap(key) {
  const made = element("kbd", "", key);
  made.setAttribute("aria-hidden", "true");
  return made;
}

const LOOK = ["text_on_light", "text_on_dark", "tint_light", "tint_dark"];

/** Give an element the colours of a label, or take them off where it is null; see `.dressed` in label.css. */
export function dress(dressed, label) {
  dressed.classList.toggle("dressed", label !== null);
  for (const name of LOOK) {
    const colour = label?.[name];
    if (typeof colour === "string") dressed.style.setProperty(`--${name.replaceAll("_", "-")}`, colour);
    else dressed.style.removeProperty(`--${name.replaceAll("_", "-")}`);
  }
  return dressed;
}

/** A label's mark, which tells it apart where colours do not; null where it has none. */
export function mark(label) {
  if (typeof label.mark !== "string") return null;
  const made = element("span", "mark", label.mark);
  made.setAttribute("aria-hidden", "true");
  return made;
}
