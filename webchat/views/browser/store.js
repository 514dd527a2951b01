// The page's store: records by key, kept outside React, brought up to date by the server's deltas.
//
// A delta is [epoch, seq, ops]. Delta 0 of an epoch is a snapshot and replaces the store; each
// later one changes it. An op is
//   ["put", key, record]                  the record as a whole
//   ["set", key, field, value]            one field
//   ["splice", key, field, keep, add]     a string: its first `keep` UTF-16 units, then `add`
//   ["append", key, field, items]         a list: more items at its end
//   ["delete", key]                       gone
// Whoever subscribes to a record is called when that record changes, and only then: the cost of a
// token depends neither on the length of the answer nor on that of the thread.

export const NONE = Object.freeze({});

const OPS = {
  put: (_, [record]) => record,
  set: (old, [field, value]) => ({ ...old, [field]: value }),
  splice: (old, [field, keep, add]) => ({
    ...old,
    [field]: (old[field] ?? "").slice(0, keep) + add,
  }),
  append: (old, [field, items]) => ({ ...old, [field]: [...(old[field] ?? []), ...items] }),
};

const subscribers = new Map();
let records = new Map();
let epoch = null;
let seq = -1;

function change(ops) {
  const touched = new Set();
  for (const [op, key, ...rest] of ops) {
    if (op === "delete") records.delete(key);
    else records.set(key, OPS[op](records.get(key) ?? NONE, rest));
    touched.add(key);
  }
  return touched;
}

function replace(ops) {
  const touched = new Set(records.keys());
  records = new Map();
  for (const key of change(ops)) touched.add(key);
  return touched;
}

/** Take a delta in; false when one before it is missing. A delta seen already changes nothing. */
export function apply([deltaEpoch, deltaSeq, ops]) {
  const snapshot = deltaSeq === 0;
  if (deltaEpoch === epoch && deltaSeq <= seq) return true;
  if (!snapshot && (deltaEpoch !== epoch || deltaSeq !== seq + 1)) return false;
  const touched = snapshot ? replace(ops) : change(ops);
  epoch = deltaEpoch;
  seq = deltaSeq;
  for (const key of touched) subscribers.get(key)?.forEach((wake) => wake());
  return true;
}

/** The record under a key, an empty one while there is none. */
export const recordOf = (key) => records.get(key) ?? NONE;

/** Call `wake` whenever the record changes; returns what ends it. */
export function subscribe(key, wake) {
  if (!subscribers.has(key)) subscribers.set(key, new Set());
  const set = subscribers.get(key);
  set.add(wake);
  return () => {
    set.delete(wake);
    if (!set.size) subscribers.delete(key);
  };
}
