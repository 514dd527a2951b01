// The outbox: messages that a person has sent and that are not known to be in their thread yet.
//
// Each stands in the browser's storage under a key of its own from Enter on, so that a reload, a
// closed tab or a lost connection loses none, and two tabs never overwrite each other's. A message:
//   id      UUID of the page's making; the same one in the thread's state
//   thread  UUID of its thread, made by the page for a new chat
//   text    what the person wrote
//   at      when it was sent, ms; messages of a thread are delivered in this order
//   fresh   whether its thread may have to be made
//   tried   whether it may have reached the server: it can't be taken back until that is known
//   doubtful  whether it may have reached the server at a try before the last one
//   assistant  id of the one who is to answer, chosen when it was sent; "" while none was known
//   held    why it waits for the person: "refused" or "asking"; "" while it needs nobody
//   reason  the words for that
//   anyway  whether the person sends it although the agent waits for an answer
// Pure but for the storage that it is given.

const PREFIX = "webchat.outbox.";
const RETURNED = "webchat.returned"; // the ids of the latest messages that came back
const REMEMBERED = 100; // of them

const idsIn = (text) => {
  try {
    const ids = JSON.parse(text);
    return Array.isArray(ids) ? ids : [];
  } catch {
    return [];
  }
};

const read = (text) => {
  try {
    const message = JSON.parse(text);
    return message?.id && message.thread && typeof message.text === "string" ? message : null;
  } catch {
    return null;
  }
};

export class Outbox {
  #storage;
  #unstored = new Map(); // what the storage did not take: it is full, or private
  #unstoredReturned = null; // the ids of what came back, where they could not be stored
  #listeners = new Set();
  #all = null;

  /** storage: `getItem`, `setItem`, `removeItem`, `key`, `length`, as a browser's. */
  constructor(storage) {
    this.#storage = storage;
  }

  /** All messages, the first one first; the same array until something changes. */
  get all() {
    return (this.#all ??= this.#read());
  }

  /** Those of one thread. */
  of(thread) {
    return this.all.filter((message) => message.thread === thread);
  }

  /** Whether this message is in it. */
  has(id) {
    return this.all.some((message) => message.id === id);
  }

  /** Keep a message that has just been sent. */
  add({ id, thread, text, fresh, assistant = "" }, now = Date.now()) {
    const at = Math.max(now, 1 + (this.all.at(-1)?.at ?? 0));
    const untouched = { tried: false, doubtful: false, held: "", reason: "", anyway: false };
    this.#write({ id, thread, text, at, fresh, assistant, ...untouched });
    this.changed();
  }

  /**
   * Keep a message that its thread did not take in after all, unless a tab has done so before.
   *
   * Returns whether that is done: not while the message is on its way once more.
   */
  takeReturned({ id, thread, text, reason }) {
    this.refresh();
    const known = this.all.find((message) => message.id === id);
    if (known) return known.held !== "";
    if (this.#returned.includes(id)) return true;
    this.#remember([...this.#returned, id].slice(-REMEMBERED));
    this.add({ id, thread, text, fresh: false });
    this.update(id, { held: "refused", reason });
    return true;
  }

  /** Forget a message that is in its thread; if that does not keep it, it may come back again. */
  delivered(id) {
    const returned = this.#returned;
    if (returned.includes(id)) this.#remember(returned.filter((one) => one !== id));
    this.remove(id);
  }

  /** Change fields of a message, if it is still there. */
  update(id, fields) {
    const message = this.all.find((one) => one.id === id);
    if (!message) return;
    this.#write({ ...message, ...fields });
    this.changed();
  }

  /** Forget a message: it is in its thread (see `delivered`), or was taken back. */
  remove(id) {
    this.#unstored.delete(id);
    try {
      this.#storage.removeItem(PREFIX + id);
    } catch {
      /* it was never in there */
    }
    this.changed();
  }

  /** Call `listener` on every change; returns what ends it. */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Look for what other tabs have changed. */
  refresh() {
    const known = JSON.stringify(this.all);
    this.#all = this.#read();
    if (JSON.stringify(this.#all) !== known) this.changed();
  }

  /** Something changed: how a message is kept, or how it stands. */
  changed() {
    this.#all = null;
    for (const listener of [...this.#listeners]) listener();
  }

  get #returned() {
    if (this.#unstoredReturned) return this.#unstoredReturned;
    try {
      return idsIn(this.#storage.getItem(RETURNED));
    } catch {
      return [];
    }
  }

  #remember(ids) {
    try {
      this.#storage.setItem(RETURNED, JSON.stringify(ids));
      this.#unstoredReturned = null;
    } catch {
      this.#unstoredReturned = ids; // one may come back once more when the page is loaded anew
    }
  }

  #write(message) {
    try {
      this.#storage.setItem(PREFIX + message.id, JSON.stringify(message));
      this.#unstored.delete(message.id);
    } catch {
      this.#unstored.set(message.id, message);
    }
  }

  #read() {
    const found = new Map();
    try {
      for (let place = 0; place < this.#storage.length; place++) {
        const key = this.#storage.key(place);
        const message = key.startsWith(PREFIX) && read(this.#storage.getItem(key));
        if (message) found.set(message.id, message);
      }
    } catch {
      /* no storage: what is in memory is all there is */
    }
    for (const [id, message] of this.#unstored) found.set(id, message);
    return [...found.values()].sort((a, b) => a.at - b.at);
  }
}

/**
 * The message to deliver now, null when none can be.
 *
 * messages: those of the thread, in order; one that is held keeps those behind it back.
 * page: { blocked: why the agent server can't be asked, or ""; running: whether a run goes on }
 */
export function next(messages, page) {
  const [first] = messages;
  return !first || first.held || page.blocked || page.running ? null : first;
}

/**
 * How a message stands, for its person.
 *
 * page: { blocked, running: see `next`; refused: whether it is blocked because the agent server does
 *   not let webchat in; offline: whether the page has lost webchat; flying: the id of the message
 *   that is being delivered; reason: why the last try failed, or "" }
 * isFirst: whether it is its thread's next one.
 * Returns { word, text, actions }: `word` for stylesheets and tests, `text` to read, `actions`
 * some of "again", "anyway", "back".
 */
export function standing(message, page, isFirst) {
  if (message.held === "refused") {
    return { word: "refused", text: `Not sent. ${message.reason}`, actions: ["again", "back"] };
  }
  if (message.held === "asking")
    return { word: "asking", text: TEXTS.asking, actions: ["anyway", "back"] };
  if (message.id === page.flying && !page.offline)
    return { word: "sending", text: TEXTS.sending, actions: [] };
  if (message.tried) return { word: "unknown", text: TEXTS.unknown, actions: [] };
  return { ...waiting(page, isFirst), actions: ["back"] };
}

function waiting(page, isFirst) {
  const word = page.offline
    ? "offline"
    : page.blocked
      ? "away"
      : !isFirst
        ? "behind"
        : page.running
          ? "queued"
          : "later";
  if (word === "later" && page.reason) return { word, text: `Waiting to be sent. ${page.reason}` };
  return { word, text: TEXTS[word === "away" && page.refused ? "shut" : word] };
}

const TEXTS = {
  asking: "Not sent yet. The agent waits for an answer; this message instead drops its question.",
  sending: "Sending…",
  unknown: "It may have been sent; it is looked for.",
  offline: "Waiting to be sent, as soon as the connection is back.",
  away: "Waiting to be sent, as soon as the agent server is back.",
  shut: "Waiting to be sent, as soon as the agent server lets webchat in.",
  behind: "Waiting to be sent, after the one above.",
  queued: "Waiting to be sent, when the agent is done.",
  later: "Waiting to be sent.",
};
