// A message that its person must decide about is held, and so are those behind it.

import assert from "node:assert/strict";
import test from "node:test";
import { settle, tab } from "./delivering.js";
import { Storage } from "./storage.js";

test("a refused message waits for its person, with the reason, and so do those behind it", async () => {
  const one = tab();
  await one.tell();
  await one.write("a");
  await one.write("b");
  await one.answer("a", "refused", "It is too long.");
  await one.tell({ watch: 2 });
  assert.deepEqual(one.sent, ["a"]);
  const [{ held, reason, tried }] = one.outbox.all;
  assert.deepEqual([held, reason, tried], ["refused", "It is too long.", false]);
  one.delivery.again("a", "one");
  await settle();
  assert.deepEqual(one.sent, ["a", "a"]);
});

test("a message goes to whom it was for at Enter, and sent again, to whom it is for by then", async () => {
  const storage = new Storage();
  const [before, after] = [tab(storage), tab(storage)];
  await before.write("a", { assistant: "one" });
  after.outbox.refresh();
  await after.tell();
  assert.equal(after.to, "one");
  await after.answer("a", "refused", "There is no such assistant.");
  after.delivery.again("a", "another");
  await settle();
  assert.deepEqual([after.sent, after.to], [["a", "a"], "another"]);
});

test("a message that can never be sent as it is says so, and nothing is tried", async () => {
  const one = tab();
  await one.tell();
  one.never = "It is too long.";
  await one.write("a");
  const [{ held, reason, tried }] = one.outbox.all;
  assert.deepEqual([held, reason, tried, one.sent], ["refused", "It is too long.", false, []]);
});

test("what would drop the agent's question goes out only when the person says so", async () => {
  const one = tab();
  await one.tell();
  await one.write("a");
  await one.answer("a", "asking");
  await one.tell({ running: true });
  await one.tell();
  assert.deepEqual(one.sent, ["a"]);
  one.delivery.again("a", "one", true);
  await settle();
  assert.deepEqual([one.sent, one.outbox.all[0].anyway], [["a", "a"], true]);
});

test("an answer to what is in no outbox changes nothing", async () => {
  const one = tab();
  await one.tell();
  await one.answer("gone", "refused", "No.");
  await one.write("a");
  await one.answer("gone", "sent");
  assert.deepEqual([one.left(), one.delivery.flying], [["a"], "a"]);
});

test("what was said before a message was sent again does not hold it once more", async () => {
  const one = tab();
  await one.tell();
  await one.write("a");
  await one.answer("a", "refused", "No.");
  one.connected = false;
  one.delivery.again("a", "one");
  await settle();
  await one.answer("a", "refused", "No.");
  assert.equal(one.outbox.all[0].held, "");
});
