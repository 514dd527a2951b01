// Ids and addresses that the page makes by itself.

const THREAD = /^\/*thread\/([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\/*$/i;

/** A random UUID; `crypto.randomUUID` is there on https only. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

/** The id of the thread that a path names, "" where it names none. */
export const threadAt = (path) => THREAD.exec(path)?.[1].toLowerCase() ?? "";

/** The path of a thread. */
export const pathOf = (thread) => `/thread/${thread}`;
