// Of several tabs and threads, each message goes out from one tab, under its own thread.

import assert from "node:assert/strict";
import test from "node:test";
import { locks, settle, tab } from "./delivering.js";
import { Storage } from "./storage.js";

test("of two tabs one delivers a message, and the other goes on with the next", async () => {
  const [storage, exclusively] = [new Storage(), locks()];
  const [one, other] = [tab(storage, exclusively), tab(storage, exclusively)];
  await one.tell();
  await other.tell();
  await one.write("a");
  other.outbox.refresh();
  await other.write("b");
  assert.deepEqual([one.sent, other.sent], [["a"], []]);
  await one.answer("a", "sent");
  await settle();
  assert.deepEqual([...one.sent, ...other.sent], ["a", "b"]);
});

test("another thread's messages stay where they are", async () => {
  const one = tab();
  await one.tell();
  await one.write("a", { thread: "other" });
  assert.deepEqual(one.sent, []);
  await one.tell({ thread: "other" });
  assert.deepEqual(one.sent, ["a"]);
});

test("a tab that waits for another one goes on to another thread, and sends there", async () => {
  const [storage, exclusively] = [new Storage(), locks()];
  const [one, other] = [tab(storage, exclusively), tab(storage, exclusively)];
  await one.tell();
  await one.write("a"); // nothing ever answers it
  other.outbox.refresh();
  await other.tell();
  await other.tell({ thread: "u" });
  await other.write("b", { thread: "u" });
  assert.deepEqual([one.sent, other.sent], [["a"], ["b"]]);
});

test("a thread's message never goes out under the turn that was taken for another's", async () => {
  const names = [];
  const exclusively = locks();
  const one = tab(new Storage(), (name, work, signal) =>
    exclusively(name, () => work(names.push(name)), signal),
  );
  const turn = new Promise((resolve) => {
    exclusively(
      "webchat.outbox.t",
      () => new Promise((end) => resolve(end)),
      new AbortController().signal,
    );
  });
  const end = await turn;
  await one.tell();
  await one.write("a");
  await one.tell({ thread: "u" });
  await one.write("b", { thread: "u" });
  end();
  await settle();
  assert.deepEqual([one.sent, names], [["b"], ["webchat.outbox.u"]]);
});

test("a page that goes to another thread sends there, whatever the server has in hand", async () => {
  const one = tab();
  await one.tell();
  await one.write("a");
  await one.tell({ thread: "u", inHand: "a" });
  await one.write("b", { thread: "u" });
  assert.deepEqual(one.sent, ["a", "b"]);
  await one.answer("a", "sent");
  assert.deepEqual([one.left(), one.delivery.flying], [["b"], "b"]);
});

test("a page that is cut off lets another tab deliver, and asks again when it is back", async () => {
  const [storage, exclusively] = [new Storage(), locks()];
  const [one, other] = [tab(storage, exclusively), tab(storage, exclusively)];
  await one.tell();
  await one.write("a");
  other.outbox.refresh();
  await other.tell();
  assert.deepEqual(other.sent, []);
  await one.tell({ offline: true });
  assert.deepEqual([one.sent, other.sent], [["a"], ["a"]]);
  await other.answer("a", "later", "It was busy.");
  await one.tell({ watch: 2 });
  assert.deepEqual(one.sent, ["a", "a"]);
});
