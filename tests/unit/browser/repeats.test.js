// A message goes out again, under the same id, until it is known what became of it.

import assert from "node:assert/strict";
import test from "node:test";
import { standing } from "../../../webchat/views/browser/outbox.js";
import { settle, tab } from "./delivering.js";
import { Storage } from "./storage.js";

test("a message whose answer was lost goes out again under the same id", async () => {
  const one = tab();
  await one.tell();
  await one.write("a");
  await one.tell({ watch: 2 });
  assert.deepEqual(one.sent, ["a", "a"]);
  await one.answer("a", "sent");
  assert.deepEqual(one.left(), []);
});

test("a message that the server still has in hand is waited for, not sent again", async () => {
  const one = tab();
  await one.tell();
  await one.write("a");
  await one.tell({ watch: 2, inHand: "a" });
  assert.deepEqual(one.sent, ["a"]);
  await one.answer("a", "sent");
  assert.deepEqual([one.left(), one.sent], [[], ["a"]]);
});

test("a page that was loaded anew waits for what the server has in hand, too", async () => {
  const storage = new Storage();
  const before = tab(storage);
  await before.tell();
  await before.write("a");
  const after = tab(storage);
  await after.tell({ inHand: "a" });
  assert.deepEqual(after.sent, []);
  await after.answer("a", "later", "It was busy.");
  assert.equal(after.pauses.length, 1);
});

test("a page that was loaded anew sends what nobody answered", async () => {
  const storage = new Storage();
  const before = tab(storage);
  await before.tell();
  await before.write("a");
  const after = tab(storage);
  await after.tell();
  assert.deepEqual(after.sent, ["a"]);
});

test("a failure that may pass is tried again after pauses that grow, up to half a minute", async () => {
  const one = tab();
  await one.tell();
  await one.write("a");
  const pauses = [];
  for (let tries = 0; tries < 8; tries++) {
    await one.answer("a", "later", "It failed.");
    assert.equal(one.delivery.reason, "It failed.");
    const [pause] = one.pauses.splice(0);
    pauses.push(pause.ms);
    pause.work();
    await settle();
  }
  assert.deepEqual(pauses, [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  assert.equal(one.sent.length, 9);
  await one.answer("a", "sent");
  assert.equal(one.delivery.reason, "");
});

test("a pause ends when the server is back, or the run is over", async () => {
  for (const [bad, good] of [
    [{ blocked: "away" }, {}],
    [{ running: true }, {}],
    [{}, { watch: 2 }],
  ]) {
    const one = tab();
    await one.tell();
    await one.write("a");
    await one.answer("a", "later", "It failed.");
    await one.tell(bad);
    assert.deepEqual(one.sent, ["a"]);
    await one.tell(good);
    assert.deepEqual([one.sent, one.pauses], [["a", "a"], []]);
  }
});

test("a message that came back, and was sent again, comes back once more", async () => {
  const one = tab();
  await one.tell();
  await one.write("a");
  for (let times = 0; times < 2; times++) {
    await one.answer("a", "sent");
    assert.deepEqual(one.left(), []);
    one.outbox.takeReturned({ id: "a", thread: "t", text: "words", reason: "It was stopped." });
    assert.deepEqual(one.left(), ["a"]);
    one.delivery.again("a", "one");
    await settle();
  }
  assert.deepEqual(one.sent, ["a", "a", "a"]);
});

const actionsOf = (one) => {
  const page = { offline: false, blocked: "", running: false, flying: "", reason: "" };
  return standing(one.outbox.all[0], page, true).actions;
};

test("a message that may have been taken can't be taken back until the server knows", async () => {
  const one = tab();
  await one.tell();
  await one.write("a");
  await one.answer("a", "doubtful", "The connection broke.");
  assert.deepEqual([actionsOf(one), one.pauses.length], [[], 1]);
  one.pauses.pop().work();
  await settle();
  await one.answer("a", "later", "It is away.");
  assert.deepEqual(actionsOf(one), [], "this try was not taken, but the one before may have been");
  await one.tell({ watch: 2 });
  await one.answer("a", "refused", "There is no such thread.");
  assert.deepEqual(actionsOf(one), ["again", "back"]);
  assert.deepEqual(one.sent, ["a", "a", "a"]);
});

test("a message that nobody answered stays in doubt when the next try fails", async () => {
  const storage = new Storage();
  const before = tab(storage);
  await before.tell();
  await before.write("a");
  const after = tab(storage);
  await after.tell();
  await after.answer("a", "later", "It is away.");
  assert.deepEqual(actionsOf(after), []);
});

test("a message whose first try was not taken can be taken back", async () => {
  const one = tab();
  await one.tell();
  await one.write("a");
  await one.answer("a", "later", "It is away.");
  assert.deepEqual(actionsOf(one), ["back"]);
});
