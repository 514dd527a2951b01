// One block of an answer, drawn past React: while it grows, that is once for each token.

import { useLayoutEffect, useRef } from "react";
import { show } from "./growth.js";
import { recordOf, subscribe } from "./store.js";

export function Block({ name, growing, ...rest }) {
  const box = useRef(null);
  useLayoutEffect(() => {
    let shown = "";
    const draw = () => {
      const { html } = recordOf(name);
      if (html === undefined) return; // its record went first; it stands until React removes it
      show(box.current, shown, html);
      shown = html;
    };
    box.current.replaceChildren();
    draw();
    return subscribe(name, draw);
  }, [name]);
  return (
    <div
      ref={box}
      className={growing ? "block tail" : "block"}
      aria-live={growing ? "off" : undefined}
      {...rest}
    />
  );
}
