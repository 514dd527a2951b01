// The page's live tree: named nodes, kept outside React, patched by frames from the server.
//
// A frame is [epoch, seq, ops]. Frame 0 of an epoch is a snapshot and replaces the tree; each
// later one patches it. An op is
//   ["=", key, node]                     the node as a whole
//   [".", key, field, value]             one field
//   ["~", key, field, keep, add]         a string: its first `keep` UTF-16 units, then `add`
//   ["+", key, field, items]             a list: more items at its end
//   ["-", key]                           gone
// A component that reads a node is rendered again when that node changes, and only then: the
// cost of a token depends neither on the length of the answer nor on that of the thread.

import { useSyncExternalStore } from "react";

const NONE = Object.freeze({});
const watchers = new Map();
let nodes = new Map();
let epoch = null;
let seq = -1;

const PATCHES = {
  "=": (_, [node]) => node,
  ".": (old, [field, value]) => ({ ...old, [field]: value }),
  "~": (old, [field, keep, add]) => ({ ...old, [field]: (old[field] ?? "").slice(0, keep) + add }),
  "+": (old, [field, items]) => ({ ...old, [field]: [...(old[field] ?? []), ...items] }),
};

function patch(ops) {
  const touched = new Set();
  for (const [kind, key, ...rest] of ops) {
    if (kind === "-") nodes.delete(key);
    else nodes.set(key, PATCHES[kind](nodes.get(key) ?? NONE, rest));
    touched.add(key);
  }
  return touched;
}

function replace(ops) {
  const touched = new Set(nodes.keys());
  nodes = new Map();
  for (const key of patch(ops)) touched.add(key);
  return touched;
}

/** Take a frame in; false when one before it is missing. A frame seen already changes nothing. */
export function apply([frameEpoch, frameSeq, ops]) {
  const snapshot = frameSeq === 0;
  if (frameEpoch === epoch && frameSeq <= seq) return true;
  if (!snapshot && (frameEpoch !== epoch || frameSeq !== seq + 1)) return false;
  const touched = snapshot ? replace(ops) : patch(ops);
  epoch = frameEpoch;
  seq = frameSeq;
  for (const key of touched) watchers.get(key)?.forEach((wake) => wake());
  return true;
}

/** The node of that name, an empty one while there is none. */
export const recordOf = (key) => nodes.get(key) ?? NONE;

/** Call `wake` whenever the node changes; returns what ends it. */
export function watch(key, wake) {
  if (!watchers.has(key)) watchers.set(key, new Set());
  const set = watchers.get(key);
  set.add(wake);
  return () => {
    set.delete(wake);
    if (!set.size) watchers.delete(key);
  };
}

/** The node of that name, as React state. */
export function useRecord(key) {
  return useSyncExternalStore(
    (wake) => watch(key, wake),
    () => recordOf(key),
    () => NONE,
  );
}
