// Takes the deltas that the server pushes into the store, and asks for a snapshot on a gap.

import { useEffect, useLayoutEffect, useRef } from "react";
import { apply } from "./store.js";

const PATIENCE = 400; // ms: after a reload the server sends a snapshot by itself

export function Deltas({ delta, onGap }) {
  const gap = useRef(null);
  useLayoutEffect(() => {
    if (!delta?.length) return;
    if (apply(delta)) {
      clearTimeout(gap.current);
      gap.current = null;
    } else {
      gap.current ??= setTimeout(() => {
        gap.current = null;
        onGap?.();
      }, PATIENCE);
    }
  }, [delta, onGap]);
  useEffect(() => () => clearTimeout(gap.current), []);
  return null;
}
