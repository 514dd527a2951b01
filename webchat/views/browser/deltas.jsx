// Takes the deltas that the server pushes into the store, and asks for a snapshot on a gap.
//
// Past React: most deltas say one token, which changes one block and nothing else.

import { useEffect, useLayoutEffect, useRef } from "react";
import { apply } from "./store.js";

const PATIENCE = 400; // ms: after a reload the server sends a snapshot by itself

export function Deltas({ source, onGap }) {
  const gap = useRef(null);
  const ask = useRef(onGap);
  useEffect(() => {
    ask.current = onGap;
  }, [onGap]);
  useLayoutEffect(() => {
    const take = () => {
      const delta = source.value();
      if (!delta?.length) return;
      if (apply(delta)) {
        clearTimeout(gap.current);
        gap.current = null;
      } else {
        gap.current ??= setTimeout(() => {
          gap.current = null;
          ask.current?.();
        }, PATIENCE);
      }
    };
    take();
    return source.subscribe(take);
  }, [source]);
  useEffect(() => () => clearTimeout(gap.current), []);
  return null;
}
