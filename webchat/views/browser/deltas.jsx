// Takes the frames that the server pushes into the tree, and asks for a new start on a gap.

import { useEffect, useLayoutEffect, useRef } from "react";
import { apply } from "./store.js";

const PATIENCE = 400; // ms: after a reload the server sends a snapshot by itself

export function Wire({ frame, onGap }) {
  const gap = useRef(null);
  useLayoutEffect(() => {
    if (!frame?.length) return;
    if (apply(frame)) {
      clearTimeout(gap.current);
      gap.current = null;
    } else {
      gap.current ??= setTimeout(() => {
        gap.current = null;
        onGap?.();
      }, PATIENCE);
    }
  }, [frame, onGap]);
  useEffect(() => () => clearTimeout(gap.current), []);
  return null;
}
