// One call to the program. It ends in an answer, or in one of three errors that the page treats differently.

/** The program did not answer, or something that is not the program did. */
export class NotReached extends Error {}

/** The program runs, and does not know this browser: it was started anew. */
export class SessionLost extends Error {}

/** The program said no, and why. */
export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }

  /** Whether the same call may well succeed later. */
  get passing() {
    return this.status >= 500 || this.status === 408 || this.status === 429;
  }
}

// Longer than the program waits for another program that is writing the same file.
const PATIENCE = 20_000;

/** Call the program; with a body the call is a write, and says by its key of which work the page is. */
export async function call(path, body = null, pageKey = "") {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  let response;
  let answer = null;
  try {
    response = await fetch(path, {
      method: body === null ? "GET" : "POST",
      headers: body === null ? {} : { "Content-Type": "application/json", "Framing-Page": pageKey },
      body: body === null ? undefined : JSON.stringify(body),
      cache: "no-store",
      redirect: "error",
      signal: stop.signal,
    });
    const text = await response.text();
    try {
      answer = JSON.parse(text);
    } catch {
      // No answer of the program's; what the status says is judged below.
    }
  } catch {
    throw new NotReached();
  } finally {
    clearTimeout(timer);
  }
  if (response.status === 401) throw new SessionLost();
  if (!response.ok) throw new Refused(answer?.error ?? `the program answered ${response.status}`, response.status);
  if (answer === null || typeof answer !== "object") throw new NotReached();
  return answer;
}

const LONGEST_PAUSE = 4000;

/** A pause that can be cut short: `done` is resolved at its end, or when `cut` is called. */
export function pause(milliseconds) {
  let cut;
  const done = new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    cut = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return { done, cut };
}

/** How long to wait before each further try, in milliseconds. */
export function* pauses() {
  for (let milliseconds = 200; ; milliseconds = Math.min(LONGEST_PAUSE, milliseconds * 2)) yield milliseconds;
}
