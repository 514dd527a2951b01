// What is typed and not sent yet, by thread, kept over a reload.

const keyOf = (thread) => `webchat.draft.${thread || "new"}`;

/** The draft of a thread, of the new chat where `thread` is "". */
export function draftOf(thread) {
  try {
    return localStorage.getItem(keyOf(thread)) ?? "";
  } catch {
    return "";
  }
}

/** Keep a thread's draft; an empty one is forgotten. */
export function keepDraft(thread, text) {
  try {
    if (text) localStorage.setItem(keyOf(thread), text);
    else localStorage.removeItem(keyOf(thread));
  } catch {
    /* full, or private: the box still has it */
  }
}

/** Both texts, what was taken back first. */
export const joined = (back, draft) => (draft.trim() ? `${back}\n\n${draft}` : back);
