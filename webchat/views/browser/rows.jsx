// The raw view's rows: plain elements, made by hand in batches, as React would cost more than they.
//
// `rows` lists the chunks on the page; a chunk holds rows of
// [number, seconds, mode, size, node, namespace, 1 if expanded else 0]; `e:<number>` holds the JSON
// of an expanded row, as safe HTML. Up and down move, right expands, left shuts, c copies.

import { useLayoutEffect, useRef } from "react";
import { recordOf, subscribe } from "./store.js";
import { useRecord } from "./use_record.js";

const HEIGHT = 28; // px of a row that is shut, as in the stylesheet

const made = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

/** Foreign letters keep their own direction, and don't turn the figures beside them around. */
const isolated = (text) => (/^[\x20-\x7e]*$/.test(text) ? text : `\u2068${text}\u2069`);

const words = ([number, seconds, mode, size, node, namespace]) =>
  String(number).padStart(5) +
  seconds.padStart(8) +
  "    " +
  isolated(mode).padEnd(9) +
  size.padStart(9) +
  "  " +
  isolated(node).padEnd(namespace ? 10 : 0) +
  (namespace && `  ${isolated(namespace)}`);

let blank; // a shut row, to be cloned

function newRow(item) {
  blank ??= made(
    "div",
    { class: "event" },
    made(
      "button",
      {
        type: "button",
        tabindex: "-1",
        "data-event-head": "",
        "aria-expanded": "false",
      },
      " ",
    ),
  );
  const row = blank.cloneNode(true);
  row.dataset.event = item[0];
  row.dataset.mode = item[2];
  row.firstChild.firstChild.data = words(item);
  return row;
}

function expand(row, number) {
  const name = `event:${number}`;
  const tree = made("div", {});
  const copy = made("button", { type: "button", "data-clip": name }, "Copy");
  const body = made("div", { class: "event-body", "data-tree": name }, copy, tree);
  const fill = () => (tree.innerHTML = recordOf(`e:${number}`).html ?? "");
  row.end = subscribe(`e:${number}`, fill);
  fill();
  row.append(body);
  row.dataset.expanded = "";
}

function collapse(row) {
  row.end?.();
  delete row.end;
  row.lastChild.remove();
  delete row.dataset.expanded;
}

function update(row, item) {
  const expanded = row.firstChild.getAttribute("aria-expanded") === "true";
  if (expanded !== Boolean(item[6])) {
    row.firstChild.setAttribute("aria-expanded", !expanded);
    expanded ? collapse(row) : expand(row, item[0]);
  }
  row.item = item;
}

const sameRow = (one, other) => one && one.slice(0, 6).join("\0") === other.slice(0, 6).join("\0");

function draw(box, items) {
  const added = document.createDocumentFragment();
  items.forEach((item, place) => {
    const old = box.children[place];
    if (old?.item === item) return;
    const row = sameRow(old?.item, item) ? old : newRow(item);
    update(row, item);
    if (!old) added.append(row);
    else if (row !== old) {
      old.end?.();
      old.replaceWith(row);
    }
  });
  box.append(added);
  while (box.children.length > items.length) {
    box.lastChild.end?.();
    box.lastChild.remove();
  }
  const expanded = items.some((item) => item[6]);
  box.style.contentVisibility = expanded ? "visible" : "";
  box.style.containIntrinsicBlockSize = `${items.length * HEIGHT}px`;
}

function Chunk({ name, onDrawn }) {
  const box = useRef(null);
  const { rows } = useRecord(name);
  useLayoutEffect(() => {
    draw(box.current, rows ?? []);
    onDrawn();
  }, [rows]);
  useLayoutEffect(() => {
    const el = box.current;
    return () => [...el.children].forEach((row) => row.end?.());
  }, []);
  return <div ref={box} className="chunk" />;
}

export function Rows({ onExpand, children, ...rest }) {
  const box = useRef(null);
  const stop = useRef(null); // the row that Tab leads to
  const { chunks } = useRecord("rows");

  const stopAt = (head) => {
    stop.current?.setAttribute("tabindex", "-1");
    head?.setAttribute("tabindex", "0");
    stop.current = head;
  };
  const letTabIn = () => {
    if (stop.current?.isConnected || !box.current) return;
    stopAt([...box.current.querySelectorAll("[data-event-head]")].at(-1));
  };
  useLayoutEffect(letTabIn);

  const headOf = (event) => event.target.closest("[data-event-head]");
  const clicked = (event) => {
    const head = headOf(event);
    if (head) onExpand(Number(head.parentElement.dataset.event));
  };
  const focused = (event) => {
    const head = headOf(event);
    if (head && head !== stop.current) stopAt(head);
  };
  const keyed = (event) => {
    const head = headOf(event);
    if (!head || event.ctrlKey || event.metaKey || event.altKey) return;
    const expanded = head.getAttribute("aria-expanded") === "true";
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const heads = [...box.current.querySelectorAll("[data-event-head]")];
      heads[heads.indexOf(head) + step]?.focus();
    } else if (event.key === "ArrowRight" && !expanded) head.click();
    else if (event.key === "ArrowLeft" && expanded) head.click();
    else if (event.key === "c") head.parentElement.querySelector("[data-clip]")?.click();
    else return;
    event.preventDefault();
  };

  return (
    <div ref={box} onClick={clicked} onKeyDown={keyed} onFocus={focused} {...rest}>
      {children}
      {chunks?.map((name) => (
        <Chunk key={name} name={name} onDrawn={letTabIn} />
      ))}
    </div>
  );
}
