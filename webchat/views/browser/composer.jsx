// The form around the message box: Enter sends, the draft outlives a reload, nothing is sent twice.

import { useEffect, useRef } from "react";
import { useRecord } from "./use_record.js";
import { follow } from "./follow.jsx";

const draftKey = (thread) => `webchat.draft.${thread || "new"}`;

const store = {
  get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
  set: (key, text) => {
    try { text ? localStorage.setItem(key, text) : localStorage.removeItem(key); } catch { /* full, or private */ }
  },
};

function newId() {
  const b = crypto.getRandomValues(new Uint8Array(16)); // randomUUID wants https
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const hex = [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

function grow(box) {
  if (CSS.supports("field-sizing", "content")) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

export function Composer({ onSend, thread, children, ...rest }) {
  const form = useRef(null);
  const pending = useRef(null);
  const shown = useRef(null);
  const sent = useRecord("sent");
  const { running, blocked } = useRecord("composer");
  const { now: watchedSince } = useRecord("clock");
  const box = () => form.current.querySelector("textarea");

  useEffect(() => {
    if (thread === undefined) return; // not known yet
    const el = box();
    const now = thread;
    const kept = store.get(draftKey(now)) ?? "";
    // what is typed before the address is known stays; so does what our own send is about to clear
    if (shown.current === null || (shown.current === "" && pending.current)) el.value = pending.current ? el.value : kept || el.value;
    else if (shown.current !== now) el.value = kept;
    shown.current = now;
    grow(el);
  }, [thread]);

  useEffect(() => {
    const idle = document.activeElement === document.body;
    if (!blocked && idle && matchMedia("(pointer: fine)").matches) box().focus();
  }, [blocked, thread]);

  useEffect(() => {
    if (!sent.id || sent.id !== pending.current?.id) return;
    const { text, key } = pending.current;
    pending.current = null;
    form.current.removeAttribute("data-pending");
    if (!sent.ok) return; // refused: the words stay where they are
    store.set(key, "");
    const el = box();
    if (el.value.trim() === text) el.value = "";
    store.set(draftKey(thread), el.value);
    grow(el);
  }, [sent, thread]);

  useEffect(() => {
    // the server began anew, so that no answer to what was sent before will come: send again at will
    pending.current = null;
    form.current.removeAttribute("data-pending");
  }, [watchedSince]);

  const send = (event) => {
    event.preventDefault();
    const text = box().value.trim();
    if (!text || pending.current || running || blocked) return;
    pending.current = { id: newId(), text, key: draftKey(thread) };
    form.current.setAttribute("data-pending", "");
    follow("latest");
    onSend(pending.current.id, text);
  };

  const keyed = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.target !== box()) return;
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.current.requestSubmit();
  };

  const typed = (event) => {
    if (event.target !== box()) return;
    store.set(draftKey(thread), event.target.value);
    grow(event.target);
  };

  return (
    <form ref={form} onSubmit={send} onKeyDown={keyed} onInput={typed} {...rest}>
      {children}
    </form>
  );
}
