// The raw panel's edge: dragged with a pointer, or moved with the arrow keys.

import { useEffect, useState } from "react";

const KEY = "webchat.raw-width";
const [LEAST, MOST, STEP] = [26, 40, 1]; // rem

const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
const fit = (width) => Math.min(MOST, Math.max(LEAST, width));

export function Edge(props) {
  const [width, setWidth] = useState(32);

  useEffect(() => {
    try {
      setWidth(fit(Number(localStorage.getItem(KEY)) || 32));
    } catch {
      /* keep */
    }
  }, []);
  useEffect(() => {
    document.documentElement.style.setProperty("--raw-width", `${width}rem`);
    try {
      localStorage.setItem(KEY, width);
    } catch {
      /* keep */
    }
  }, [width]);

  const keyed = (event) => {
    const step = { ArrowLeft: STEP, ArrowRight: -STEP }[event.key];
    if (!step) return;
    event.preventDefault();
    setWidth((w) => fit(w + step));
  };
  const dragged = (event) => {
    if (event.buttons === 1) setWidth(fit((innerWidth - event.clientX) / rem()));
  };

  return (
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label="Width of the raw view"
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      aria-valuenow={Math.round(width)}
      onKeyDown={keyed}
      onPointerMove={dragged}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      {...props}
    />
  );
}
