// A tab that delivers its outbox, without a browser.

import { Delivery } from "../../../webchat/views/browser/delivery.js";
import { Outbox } from "../../../webchat/views/browser/outbox.js";
import { Storage } from "./storage.js";

/** A page that may send. */
export const CALM = { thread: "t", watch: 1, blocked: "", running: false, inHand: "" };

/** Locks as a browser's: one holder of a name at a time, the next one when it lets go. */
export function locks() {
  const queues = new Map();
  return (name, work, signal) => {
    let begun = false;
    const begin = () => {
      begun = true;
      return signal.aborted || work();
    };
    const result = (queues.get(name) ?? Promise.resolve()).then(begin);
    queues.set(
      name,
      result.catch(() => {}),
    );
    const givenUp = new Promise((_, reject) => {
      signal.addEventListener("abort", () => begun || reject(signal.reason));
    });
    return Promise.race([result, givenUp]);
  };
}

/** A tab with its delivery: `sent` has the ids that it sent, `later` what waits for a pause's end. */
export function tab(storage = new Storage(), exclusively = locks()) {
  const outbox = new Outbox(storage);
  const one = { outbox, sent: [], pauses: [], connected: true };
  one.delivery = new Delivery(
    outbox,
    (message) => {
      one.to = message.assistant;
      return one.never ?? (one.connected && one.sent.push(message.id) > 0);
    },
    exclusively,
    (ms, work) => {
      const pause = { ms, work };
      one.pauses.push(pause);
      return () => one.pauses.splice(one.pauses.indexOf(pause), 1);
    },
  );
  one.write = (id, more = {}) => {
    outbox.add({ id, thread: "t", text: id, fresh: false, ...more });
    one.delivery.attempt();
    return settle();
  };
  one.tell = (page = {}) => {
    one.delivery.tell({ ...CALM, ...page });
    return settle();
  };
  one.answer = (id, outcome, reason = "") => {
    one.delivery.answered({ id, outcome, reason });
    return settle();
  };
  one.left = () => outbox.all.map((message) => message.id);
  return one;
}

/** Let all promises that can come true do so. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));
