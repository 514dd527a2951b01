// The bridge from the store to React: a component that reads a record is drawn again when it changes.

import { useSyncExternalStore } from "react";
import { NONE, recordOf, subscribe } from "./store.js";

/** The record under a key, as React state. */
export function useRecord(key) {
  return useSyncExternalStore(
    (wake) => subscribe(key, wake),
    () => recordOf(key),
    () => NONE,
  );
}
