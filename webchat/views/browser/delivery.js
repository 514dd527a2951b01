// Delivers the outbox: one message at a time, each until the server has said what became of it.
//
// A message goes out again, with the same id, whenever its fate is unknown: after a reload, a
// reconnect, a failure that may pass. The server takes an id once, so that this repeats nothing.
// Knows neither React nor Reflex.

import { next } from "./outbox.js";

const LONGEST_PAUSE = 30_000; // ms
const pauseAfter = (tries) => Math.min(LONGEST_PAUSE, 1000 * 2 ** (tries - 1));

export class Delivery {
  #outbox;
  #send;
  #exclusively;
  #later;
  #page = { thread: "", watch: undefined, blocked: "", running: false, offline: false, inHand: "" };
  #landed = () => {}; // ends the wait for the message in flight
  #working = false;
  #waiting = null; // what gives up the wait for another tab
  #poked = false; // whether something changed while at work
  #tries = 0;
  #cancelPause = null;
  #cut = false; // whether the page was not connected at the last try

  /** The id of the message that is being delivered, "" while there is none. */
  flying = "";

  /** Why the last try failed and is repeated, "" when it did not. */
  reason = "";

  /**
   * outbox: an `Outbox`.
   * send(message): hands a message to the server; false when the page is not connected, and a
   *   reason in words when the message can never be sent as it is.
   * exclusively(name, work, signal): runs async `work` while no other tab runs one of that name;
   *   rejects if the `AbortSignal` fires before its turn has come.
   * later(ms, work): runs `work` later; returns what cancels it.
   */
  constructor(outbox, send, exclusively, later) {
    this.#outbox = outbox;
    this.#send = send;
    this.#exclusively = exclusively;
    this.#later = later;
  }

  /**
   * How the page stands now.
   *
   * page: { thread: its thread; watch: changes whenever the server begins to tell the page anew,
   *   undefined before the first time; blocked: why the agent server can't be asked, or "";
   *   running: whether a run goes on; offline: whether the page has lost webchat; inHand: the id
   *   of the message that the server has in hand, or "" }
   */
  tell(page) {
    const old = this.#page;
    const moved = page.thread !== old.thread;
    const anew = moved || page.watch !== old.watch;
    this.#page = page;
    // nobody waits for a page that has gone on, or can't hear what became of its message
    if (moved) this.#waiting?.abort();
    if (moved || page.offline) this.#land();
    if (anew || (old.blocked && !page.blocked) || (old.running && !page.running)) this.#endPause();
    if (anew) {
      this.#cut = false;
      // no answer comes any more to what was sent before, but for what the server has in hand
      if (this.flying !== page.inHand) this.#land();
      const mine = this.#outbox.of(page.thread);
      if (mine.some((message) => message.id === page.inHand)) this.flying = page.inHand;
    }
    return this.attempt();
  }

  /**
   * What the server said of a message: { id, outcome: "sending", "sent", "later", "doubtful", or
   * why it is held; reason }
   */
  answered({ id, outcome, reason }) {
    if (outcome === "sending" || !this.#outbox.has(id)) return undefined;
    const awaited = id === this.flying;
    if (!awaited && outcome !== "sent") return undefined; // said before it was sent again
    const passing = outcome === "later" || outcome === "doubtful";
    if (awaited && passing) this.#pause(reason);
    else if (awaited) this.#endPause();
    if (awaited) this.#land();
    if (outcome === "sent") this.#outbox.delivered(id);
    else if (passing) this.#failed(id, outcome === "doubtful");
    else this.#outbox.update(id, { tried: false, doubtful: false, held: outcome, reason });
    return this.attempt();
  }

  /**
   * The person sends a held message after all, to the assistant chosen now; `anyway`, though it
   * drops the agent's question.
   */
  again(id, assistant, anyway = false) {
    this.#outbox.update(id, { held: "", reason: "", anyway, assistant });
    this.#endPause();
    return this.attempt();
  }

  /** Deliver what can be delivered now, one after the other. */
  async attempt() {
    this.#poked = true;
    if (this.#working) return;
    this.#working = true;
    try {
      while (this.#poked && this.#due()) {
        this.#poked = false;
        this.#poked = (await this.#inTurn(this.#page.thread)) || this.#poked;
      }
    } finally {
      this.#working = false;
    }
  }

  /** Deliver a message of a thread when no other tab delivers one; whether to look for the next. */
  async #inTurn(thread) {
    const { signal } = (this.#waiting = new AbortController());
    try {
      return await this.#exclusively(
        `webchat.outbox.${thread}`,
        () => thread !== this.#page.thread || this.#deliver(),
        signal,
      );
    } catch (error) {
      if (!signal.aborted) throw error;
      return true; // the page is at another thread by now
    } finally {
      this.#waiting = null;
    }
  }

  #due() {
    const { watch, offline } = this.#page;
    if (this.flying || this.#cut || this.#cancelPause || offline || watch === undefined)
      return null;
    return next(this.#outbox.of(this.#page.thread), this.#page);
  }

  /** Returns whether a message was sent, and the server has answered or lost it. */
  async #deliver() {
    this.#outbox.refresh(); // another tab may have been quicker, and its news are still under way
    const message = this.#due();
    if (!message) return false;
    const landed = new Promise((resolve) => (this.#landed = resolve));
    this.flying = message.id;
    this.#outbox.update(message.id, { tried: true, doubtful: message.tried });
    const handed = this.#send(message);
    if (handed === true) {
      await landed;
      return true;
    }
    this.flying = "";
    this.#cut = handed === false;
    const held = handed ? { held: "refused", reason: handed } : {};
    this.#outbox.update(message.id, { tried: message.tried, ...held });
    return false;
  }

  /** A try failed: that says nothing of the tries before it. */
  #failed(id, doubtful) {
    const before = this.#outbox.all.find((message) => message.id === id).doubtful;
    this.#outbox.update(id, { tried: doubtful || before, doubtful: doubtful || before });
  }

  #land() {
    if (!this.flying) return;
    this.flying = "";
    this.#landed();
    this.#outbox.changed(); // how its message stands is different now
  }

  #pause(reason) {
    this.reason = reason;
    this.#tries += 1;
    this.#cancelPause = this.#later(pauseAfter(this.#tries), () => {
      this.#cancelPause = null;
      this.attempt();
    });
  }

  #endPause() {
    this.#cancelPause?.();
    this.#cancelPause = null;
    this.#tries = 0;
    this.reason = "";
  }
}
