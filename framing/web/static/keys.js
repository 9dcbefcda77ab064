// Which key was meant, on whatever keyboard.

const COMMANDS = {
  u: "unsure",
  n: "note",
  s: "skip",
  f: "flag",
  z: "undo",
  b: "back",
  ArrowLeft: "back",
  g: "forward",
  ArrowRight: "forward",
  e: "first",
  c: "codebook",
  "?": "codebook",
  m: "model",
  Enter: "none",
  " ": "none",
  Escape: "leave",
};

export function commandOf(key) {
  return Object.hasOwn(COMMANDS, key) ? COMMANDS[key] : null;
}

/**
 * Return the key of a keydown as the legend writes it, or null where it is not for the page: typed into a field, part
 * of a shortcut of the browser's or of an input method, or held down.
 */
export function keyOf(event) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return null;
  // 229 is how some browsers tell of a key that an input method has taken.
  if (event.repeat || event.isComposing || event.keyCode === 229) return null;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("input, textarea, select, [contenteditable]")) return null;
  if ((event.key === "Enter" || event.key === " ") && target?.closest("a, button, summary")) return null;
  return event.key.length === 1 ? character(event) : event.key;
}

function character(event) {
  const key = event.key.toLowerCase();
  if (/^[a-z0-9? ]$/.test(key)) return key;
  // Where digits need Shift, or letters are not Latin, the place on the keyboard says what is meant.
  if (event.shiftKey) return key;
  const place = /^(?:Digit|Numpad|Key)([0-9A-Z])$/.exec(event.code);
  return place ? place[1].toLowerCase() : key;
}
