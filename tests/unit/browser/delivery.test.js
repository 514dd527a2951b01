// A message goes out once the page can send it: in order, and not before.

import assert from "node:assert/strict";
import test from "node:test";
import { CALM, settle, tab } from "./delivering.js";

test("a message goes out at once, and is forgotten when it is in its thread", async () => {
  const one = tab();
  await one.tell();
  await one.write("a");
  assert.deepEqual(one.sent, ["a"]);
  assert.deepEqual(one.left(), ["a"], "until the server has it");
  await one.answer("a", "sent");
  assert.deepEqual([one.left(), one.delivery.flying], [[], ""]);
});

test("messages go out one after the other, each when the one before has landed", async () => {
  const one = tab();
  await one.tell();
  await one.write("a");
  await one.write("b");
  await one.write("c");
  assert.deepEqual(one.sent, ["a"]);
  await one.answer("a", "sent");
  assert.deepEqual(one.sent, ["a", "b"]);
  await one.tell({ running: true });
  await one.answer("b", "sent");
  assert.deepEqual(one.sent, ["a", "b"], "not into a run");
  await one.tell();
  assert.deepEqual(one.sent, ["a", "b", "c"]);
});

test("nothing goes out before the server has told the page anything, nor while it is away", async () => {
  const one = tab();
  await one.write("a");
  await one.tell({ watch: undefined });
  await one.tell({ blocked: "away" });
  assert.deepEqual(one.sent, []);
  await one.tell();
  assert.deepEqual(one.sent, ["a"]);
});

test("a message written without a connection goes out once when there is one", async () => {
  const one = tab();
  await one.tell();
  one.connected = false;
  await one.write("a");
  assert.equal(one.outbox.all[0].tried, false, "it can be taken back");
  one.connected = true;
  await one.tell({ watch: 2 });
  assert.deepEqual(one.sent, ["a"]);
});

test("without a connection a message is tried once, however often the page changes", async () => {
  const one = tab();
  await one.tell();
  one.connected = false;
  let changes = 0;
  one.outbox.subscribe(() => {
    changes += 1;
    if (changes < 50) one.delivery.tell(CALM); // as the page does on every change
  });
  await one.write("a");
  await settle();
  assert.ok(changes < 5, `${changes} changes`);
});

test("a message that was taken back without a connection is never sent", async () => {
  const one = tab();
  await one.tell();
  one.connected = false;
  await one.write("a");
  one.outbox.remove("a");
  one.connected = true;
  await one.tell({ watch: 2 });
  assert.deepEqual(one.sent, []);
});
