// The messages of this thread that are not in it yet, each with how it stands and what can be done.

import { useEffect, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { threadAt } from "./addresses.js";
import { draftOf, joined, keepDraft } from "./drafts.js";
import { delivery, takeBack, useOutbox } from "./mail.js";
import { standing } from "./outbox.js";
import { recordOf } from "./store.js";
import { useRecord } from "./use_record.js";

const SOON = 3000; // ms: what another tab delivers meanwhile needs no words
const LABELS = { again: "Try again", anyway: "Send anyway", back: "Take back" };

/** The ids of the messages that the page shows as turns. */
const shownIn = (turns) => new Set((turns.ids ?? []).map((key) => recordOf(key).message));

/** assistant: the id of the one chosen now, "" while none is known. */
export function Waiting({ offline, assistant }) {
  const thread = threadAt(useLocation().pathname);
  const navigate = useNavigate();
  const all = useOutbox();
  const turns = useRecord("turns");
  const { running, blocked } = useRecord("composer");
  const refused = useRecord("health").word === "refused";
  useRecord("sent"); // what it says changes `flying` and `reason`
  const mine = all.filter((message) => message.thread === thread);
  if (!mine.length) return null;

  const { flying, reason } = delivery;
  const page = { offline, running, blocked, refused, flying, reason };
  const shown = shownIn(turns);
  const back = (message) => {
    const alone = message.fresh && mine.length === 1;
    takeBack(message);
    if (!alone) return;
    // nothing is left of this chat: its words begin another one
    keepDraft("", joined(draftOf(thread), draftOf("")));
    keepDraft(thread, "");
    navigate("/", { replace: true });
  };
  const act = {
    again: (message) => delivery.again(message.id, assistant),
    anyway: (message) => delivery.again(message.id, assistant, true),
    back,
  };

  return mine.map((message, place) => {
    if (!message.held && shown.has(message.id)) return null;
    const { word, text, actions } = standing(message, page, place === 0);
    return (
      <article
        key={message.id}
        className="turn waiting"
        data-waiting={word}
        data-fresh={message.fresh || undefined}
      >
        <h2 className="visually-hidden">You</h2>
        <p className="plain">{message.text}</p>
        <div className="waiting-foot">
          <p role="status">{text}</p>
          {actions.map((action) => (
            <button
              key={action}
              type="button"
              data-role={`message-${action}`}
              onClick={() => act[action](message)}
            >
              {LABELS[action]}
            </button>
          ))}
        </div>
      </article>
    );
  });
}

/** A line about messages that wait in other conversations, so that none is forgotten. */
export function WaitingElsewhere() {
  const thread = threadAt(useLocation().pathname);
  const elsewhere = useOutbox().filter((message) => message.thread !== thread);
  const any = elsewhere.length > 0;
  const [stays, setStays] = useState(false);
  useEffect(() => {
    if (!any) return undefined;
    const timer = setTimeout(() => setStays(true), SOON);
    return () => {
      clearTimeout(timer);
      setStays(false);
    };
  }, [any]);
  if (!any || !stays) return null;
  const words =
    elsewhere.length === 1
      ? "A message in another conversation waits to be sent."
      : `${elsewhere.length} messages in other conversations wait to be sent.`;
  return (
    <p className="elsewhere">
      {words}{" "}
      <a href={`/thread/${elsewhere[0].thread}`} data-role="waiting-elsewhere">
        {elsewhere.length === 1 ? "Open it" : "Open the first"}
      </a>
    </p>
  );
}
