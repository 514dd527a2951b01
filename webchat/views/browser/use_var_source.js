// A var of a Reflex state as a source of values, for what needs no drawing when it changes.
// The only script that knows how Reflex keeps its states in the browser.

import { StateStoreContext } from "$/utils/context-registry";
import { useContext, useMemo } from "react";

/**
 * @param {string} state - The state's full name.
 * @param {string} field - The var's name in the browser.
 * @returns {{value: () => unknown, subscribe: (wake: () => void) => () => void}} The same object in
 *   each rendering; `wake` is called whenever something of the state has changed.
 */
export function useVarSource(state, field) {
  const store = useContext(StateStoreContext);
  return useMemo(
    () => ({
      value: () => store.getSnapshot(state)?.[field],
      subscribe: (wake) => store.subscribe(state, wake),
    }),
    [store, state, field],
  );
}
