// Clicks inside what the server rendered: copy a code block, copy by name, show the rest of a tree.

import { useEffect, useRef } from "react";
import { useRecord } from "./use_record.js";

async function toClipboard(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea"); // plain http: the old way
  area.value = text;
  area.style.position = "fixed";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

function say(button, word) {
  const label = button.querySelector("[data-label]") ?? button;
  const before = (button.dataset.before ??= label.textContent);
  label.textContent = word;
  clearTimeout(button.timer);
  button.timer = setTimeout(() => (label.textContent = before), 1500);
}

async function copy(button, text) {
  try {
    await toClipboard(text);
    say(button, "Copied");
  } catch {
    say(button, "Could not copy");
  }
}

function codeOf(button) {
  const figure = button.closest("[data-code]") ?? button.closest("figure");
  const all = figure.dataset.code
    ? figure.parentElement
        .closest(".prose")
        .querySelectorAll(`[data-code="${CSS.escape(figure.dataset.code)}"]`)
    : [figure];
  return [...all].map((f) => f.querySelector("code").textContent).join("");
}

export function Clicks({ children, onClip, onShow, ...rest }) {
  const waiting = useRef(null);
  const clip = useRecord("clip");

  useEffect(() => {
    if (!waiting.current || clip.key !== waiting.current.dataset.clip) return;
    copy(waiting.current, clip.text);
    waiting.current = null;
  }, [clip]);

  const clicked = (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.hasAttribute("data-copy")) copy(button, codeOf(button));
    else if (button.dataset.clip) {
      waiting.current = button;
      onClip(button.dataset.clip);
    } else if (button.dataset.show !== undefined) {
      onShow(button.closest("[data-tree]").dataset.tree, button.dataset.show);
    }
  };

  return (
    <div onClick={clicked} {...rest}>
      {children}
    </div>
  );
}
