// What is kept of a message from Enter on, what may go out, and what its person reads.

import assert from "node:assert/strict";
import test from "node:test";
import { next, Outbox, standing } from "../../../webchat/views/browser/outbox.js";
import { Storage } from "./storage.js";

const message = (id, more = {}) => ({
  id,
  thread: "t",
  text: `text of ${id}`,
  fresh: false,
  ...more,
});
const ids = (messages) => messages.map((one) => one.id);
const IDLE = { offline: false, blocked: "", running: false, flying: "", reason: "" };

test("a message outlives the page that sent it", () => {
  const storage = new Storage();
  new Outbox(storage).add(message("a", { fresh: true, assistant: "one" }));
  const [found] = new Outbox(storage).of("t");
  assert.equal(found.text, "text of a");
  assert.deepEqual([found.fresh, found.assistant], [true, "one"]);
});

test("messages keep the order they were sent in, even within a millisecond", () => {
  const outbox = new Outbox(new Storage());
  for (const id of ["c", "a", "b"]) outbox.add(message(id), 1000);
  assert.deepEqual(ids(outbox.of("t")), ["c", "a", "b"]);
});

test("a thread has its own messages only", () => {
  const outbox = new Outbox(new Storage());
  outbox.add(message("a"));
  outbox.add(message("b", { thread: "other" }));
  assert.deepEqual(ids(outbox.of("t")), ["a"]);
  assert.deepEqual(ids(outbox.all), ["a", "b"]);
});

test("two tabs that write at once lose nothing of each other", () => {
  const storage = new Storage();
  const [one, other] = [new Outbox(storage), new Outbox(storage)];
  assert.deepEqual([one.all, other.all], [[], []]);
  one.add(message("a"), 1);
  other.add(message("b"), 2);
  one.refresh();
  assert.deepEqual(ids(one.all), ["a", "b"]);
});

test("what was taken back or delivered is gone, and cannot be changed back into being", () => {
  const storage = new Storage();
  const outbox = new Outbox(storage);
  outbox.add(message("a"));
  outbox.remove("a");
  outbox.update("a", { tried: true });
  assert.deepEqual(outbox.all, []);
  assert.equal(storage.length, 0);
});

test("a storage that is full, or not allowed, loses nothing while the page is open", () => {
  const full = new Storage();
  full.full = true;
  for (const storage of [full, undefined]) {
    const outbox = new Outbox(storage);
    outbox.add(message("a"));
    outbox.update("a", { tried: true });
    assert.equal(outbox.all[0].tried, true);
    outbox.remove("a");
    assert.deepEqual(outbox.all, []);
  }
});

test("what stands in the storage and is no message is passed over", () => {
  const storage = new Storage();
  storage.setItem("webchat.outbox.x", "{");
  storage.setItem("webchat.outbox.y", "null");
  storage.setItem("webchat.outbox.z", '{"id": "z", "thread": "t", "text": 5}');
  storage.setItem("webchat.draft.new", "a draft");
  assert.deepEqual(new Outbox(storage).all, []);
});

test("whoever listens is told of every change, and no longer once it has left", () => {
  const outbox = new Outbox(new Storage());
  let told = 0;
  const leave = outbox.subscribe(() => (told += 1));
  outbox.add(message("a"));
  outbox.update("a", { tried: true });
  leave();
  outbox.remove("a");
  assert.equal(told, 2);
});

test("looking for what other tabs changed tells nobody when it was nothing", () => {
  const storage = new Storage();
  const [one, other] = [new Outbox(storage), new Outbox(storage)];
  let told = 0;
  one.subscribe(() => (told += 1));
  one.refresh();
  assert.equal(told, 0);
  other.add(message("a"));
  one.refresh();
  one.refresh();
  assert.equal(told, 1);
});

test("nothing is read anew, and no list is made anew, until something changes", () => {
  const outbox = new Outbox(new Storage());
  outbox.add(message("a"));
  assert.equal(outbox.all, outbox.all);
});

test("the first of a thread's messages goes out when nothing is in its way", () => {
  const [a, b] = [message("a"), message("b")];
  assert.equal(next([a, b], IDLE), a);
  assert.equal(next([], IDLE), null);
  assert.equal(next([a, b], { ...IDLE, blocked: "away" }), null);
  assert.equal(next([a, b], { ...IDLE, running: true }), null);
});

test("a message that waits for its person keeps those behind it back", () => {
  assert.equal(next([message("a", { held: "refused" }), message("b")], IDLE), null);
});

test("a person reads why a message waits, and can take it back until it may have left", () => {
  const cases = [
    [{}, { offline: true }, "offline", ["back"]],
    [{}, { blocked: "away" }, "away", ["back"]],
    [{}, { running: true }, "queued", ["back"]],
    [{}, {}, "later", ["back"]],
    [{}, { flying: "a" }, "sending", []],
    [{ tried: true }, { flying: "a", offline: true }, "unknown", []],
    [{ tried: true }, {}, "unknown", []],
    [{ held: "refused", reason: "No." }, {}, "refused", ["again", "back"]],
    [{ held: "asking" }, {}, "asking", ["anyway", "back"]],
  ];
  for (const [more, page, word, actions] of cases) {
    const found = standing(message("a", more), { ...IDLE, ...page }, true);
    assert.deepEqual([found.word, found.actions], [word, actions]);
    assert.ok(found.text);
  }
  assert.equal(standing(message("b"), IDLE, false).word, "behind");
  assert.match(
    standing(message("a"), { ...IDLE, reason: "It is full." }, true).text,
    /It is full\./,
  );
  const shut = { ...IDLE, blocked: "Messages wait.", refused: true };
  assert.match(standing(message("a"), shut, true).text, /lets webchat in/);
});

const RETURNED = { id: "a", thread: "t", text: "words", reason: "It was stopped." };

test("a message that its thread did not take in comes back to that thread, for the person to decide", () => {
  const outbox = new Outbox(new Storage());
  outbox.takeReturned(RETURNED);
  const [{ text, thread, held, reason }] = outbox.all;
  assert.deepEqual([text, thread, held, reason], ["words", "t", "refused", "It was stopped."]);
});

test("what came back comes back once for all tabs, though others came back since", () => {
  const storage = new Storage();
  const [one, other] = [new Outbox(storage), new Outbox(storage)];
  one.takeReturned(RETURNED);
  other.takeReturned(RETURNED);
  assert.deepEqual(ids(other.all), ["a"]);
  one.remove("a");
  other.takeReturned({ ...RETURNED, id: "b" });
  for (const outbox of [one, other, new Outbox(storage)]) {
    outbox.takeReturned(RETURNED);
    assert.deepEqual(ids(outbox.all), ["b"]);
  }
});

test("no more is kept of what came back than the latest hundred ids", () => {
  const storage = new Storage();
  const outbox = new Outbox(storage);
  for (let n = 0; n < 300; n++) {
    outbox.takeReturned({ ...RETURNED, id: `m${n}` });
    outbox.remove(`m${n}`);
  }
  assert.equal(JSON.parse(storage.getItem("webchat.returned")).length, 100);
});

test("what came back is taken in once though nothing can be stored", () => {
  const full = new Storage();
  full.full = true;
  for (const storage of [full, undefined]) {
    const outbox = new Outbox(storage);
    for (let times = 0; times < 2; times++) {
      outbox.takeReturned(RETURNED);
      outbox.remove("a");
    }
    outbox.takeReturned(RETURNED);
    assert.deepEqual(outbox.all, []);
  }
});

test("a page has what came back, unless it is on its way once more", () => {
  const outbox = new Outbox(new Storage());
  assert.equal(outbox.takeReturned(RETURNED), true);
  assert.equal(outbox.takeReturned(RETURNED), true, "said again: the server may not have heard");
  outbox.update("a", { held: "", reason: "" });
  assert.equal(outbox.takeReturned(RETURNED), false, "sent again");
  assert.equal(outbox.all[0].held, "");
  outbox.delivered("a");
  assert.equal(outbox.takeReturned(RETURNED), true, "and back again");
  assert.equal(outbox.all[0].held, "refused");
});
