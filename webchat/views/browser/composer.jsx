// The form around the message box: Enter puts a message into the outbox, drafts outlive a reload.

import { useEffect, useRef } from "react";
import { useLocation, useNavigate } from "react-router";
import { newId, pathOf, threadAt } from "./addresses.js";
import { draftOf, joined, keepDraft } from "./drafts.js";
import { follow } from "./follow.jsx";
import { delivery, outbox, sendWith, useOutbox, writeWith } from "./mail.js";
import { useRecord } from "./use_record.js";

const TOO_LONG = "It is too long. Take it back and shorten it.";

function grow(box) {
  if (CSS.supports("field-sizing", "content")) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

/** Tells the delivery how the page stands, and what the server says of the messages. */
function useDelivery(thread, offline, onSend, onReturned, longest) {
  const messages = useOutbox();
  const { running, blocked } = useRecord("composer");
  const { now: watch } = useRecord("clock");
  const sent = useRecord("sent");
  const returned = useRecord("returned");

  useEffect(() => {
    sendWith(({ id, thread, text, fresh, anyway, assistant }) => {
      if (JSON.stringify(text).length > longest) return TOO_LONG;
      // Reflex drops a `temporal` event without a connection, and returns nothing for it
      return onSend(id, thread, text, fresh, anyway, assistant ?? "") !== undefined;
    });
  }, [onSend, longest]);
  useEffect(() => {
    if (sent.id) delivery.answered(sent);
  }, [sent]);
  useEffect(() => {
    // after `sent`: a message that its run took and the thread did not leaves the outbox first
    const { thread, messages = [] } = returned;
    const had = messages.filter((message) => outbox.takeReturned({ ...message, thread }));
    if (had.length)
      onReturned(
        thread,
        had.map(({ id }) => id),
      );
  }, [returned, sent, onReturned]);
  useEffect(() => {
    const inHand = sent.outcome === "sending" ? sent.id : "";
    const standing = { running: !!running, blocked: blocked ?? "", offline };
    delivery.tell({ thread, watch, ...standing, inHand });
  }, [thread, watch, running, blocked, offline, sent, messages]);
}

/**
 * assistant: the id of the one chosen now, "" while none is known; offline: whether the page has
 * lost webchat.
 */
export function Composer({ onSend, onReturned, longest, assistant, offline, children, ...rest }) {
  const form = useRef(null);
  const shown = useRef(null); // the thread whose draft is in the box, "" for a new chat
  const thread = threadAt(useLocation().pathname);
  const navigate = useNavigate();
  const box = () => form.current.querySelector("textarea");

  useDelivery(thread, offline, onSend, onReturned, longest);

  useEffect(() => {
    const el = box();
    // what is typed before the page has come to life stays
    if (shown.current === null) el.value ||= draftOf(thread);
    else if (shown.current !== thread) el.value = draftOf(thread);
    shown.current = thread;
    grow(el);
    if (document.activeElement === document.body && matchMedia("(pointer: fine)").matches)
      el.focus();
  }, [thread]);

  const put = (text) => {
    box().value = text;
    keepDraft(shown.current, text);
    grow(box());
  };

  useEffect(() => {
    writeWith((of, text) => {
      if (of !== shown.current) return false;
      put(joined(text, box().value));
      box().focus();
      return true;
    });
    return () => writeWith(null);
  }, []);

  const submit = (event) => {
    event.preventDefault();
    const starter = event.nativeEvent.submitter?.dataset.starter;
    const text = (starter ?? box().value).trim();
    if (!text) return;
    const draft = starter === undefined ? "" : box().value;
    const isNew = !shown.current;
    const to = shown.current || newId();
    const fresh = isNew || outbox.of(to).some((message) => message.fresh);
    outbox.add({ id: newId(), thread: to, text, fresh, assistant });
    if (isNew) {
      keepDraft("", "");
      shown.current = to;
      navigate(pathOf(to), { replace: true });
    }
    put(draft);
    follow("latest");
  };

  const keyed = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.target !== box()) return;
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.current.requestSubmit();
  };

  const typed = (event) => {
    if (event.target !== box()) return;
    keepDraft(shown.current, event.target.value);
    grow(event.target);
  };

  return (
    <form ref={form} onSubmit={submit} onKeyDown={keyed} onInput={typed} {...rest}>
      {children}
    </form>
  );
}
