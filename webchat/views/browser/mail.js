// The page's one outbox and its delivery, and the way of a message between them and the composer.

import { useSyncExternalStore } from "react";
import { Delivery } from "./delivery.js";
import { draftOf, joined, keepDraft } from "./drafts.js";
import { Outbox } from "./outbox.js";

const NONE = Object.freeze([]);

function storage() {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  } // not allowed, or no browser
}

// locks are there on https and this machine only; without them two tabs may both send a message,
// which the server takes once
const exclusively = (name, work, signal) =>
  navigator.locks ? navigator.locks.request(name, { signal }, work) : Promise.resolve().then(work);

function later(ms, work) {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}

let send = () => false;
let write = null;

/** The messages that are not known to be in their threads yet. */
export const outbox = new Outbox(storage());

/** Sends them. */
export const delivery = new Delivery(outbox, (message) => send(message), exclusively, later);

/** How a message is handed to the server; see `Delivery`. */
export const sendWith = (how) => (send = how);

/** Who writes into the message box: write(thread, text); null when the page has none. */
export const writeWith = (how) => (write = how);

/** Return a message to the composer of its thread, and never send it. */
export function takeBack({ id, thread, text }) {
  outbox.remove(id);
  if (!write?.(thread, text)) keepDraft(thread, joined(text, draftOf(thread)));
}

/** The outbox as React state. */
export const useOutbox = () =>
  useSyncExternalStore(
    (wake) => outbox.subscribe(wake),
    () => outbox.all,
    () => NONE,
  );

if (typeof window !== "undefined") addEventListener("storage", () => outbox.refresh());
