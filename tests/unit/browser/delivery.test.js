// A message reaches the server once the page can, in order, and is repeated until its fate is known.

import assert from "node:assert/strict";
import test from "node:test";
import { Delivery } from "../../../webchat/views/browser/delivery.js";
import { Outbox, standing } from "../../../webchat/views/browser/outbox.js";
import { Storage } from "./storage.js";

const CALM = { thread: "t", watch: 1, blocked: "", running: false, inHand: "" };

/** Locks as a browser's: one holder of a name at a time, the next one when it lets go. */
function locks() {
  const queues = new Map();
  return (name, work, signal) => {
    let begun = false;
    const begin = () => {
      begun = true;
      return signal.aborted || work();
    };
    const result = (queues.get(name) ?? Promise.resolve()).then(begin);
    queues.set(
      name,
      result.catch(() => {}),
    );
    const givenUp = new Promise((_, reject) => {
      signal.addEventListener("abort", () => begun || reject(signal.reason));
    });
    return Promise.race([result, givenUp]);
  };
}

/** A tab with its delivery: `sent` has the ids that it sent, `later` what waits for a pause's end. */
function tab(storage = new Storage(), exclusively = locks()) {
  const outbox = new Outbox(storage);
  const one = { outbox, sent: [], pauses: [], connected: true };
  one.delivery = new Delivery(
    outbox,
    (message) => {
      one.to = message.assistant;
      return one.never ?? (one.connected && one.sent.push(message.id) > 0);
    },
    exclusively,
    (ms, work) => {
      const pause = { ms, work };
      one.pauses.push(pause);
      return () => one.pauses.splice(one.pauses.indexOf(pause), 1);
    },
  );
  one.write = (id, more = {}) => {
    outbox.add({ id, thread: "t", text: id, fresh: false, ...more });
    one.delivery.attempt();
    return settle();
  };
  one.tell = (page = {}) => {
    one.delivery.tell({ ...CALM, ...page });
    return settle();
  };
  one.answer = (id, outcome, reason = "") => {
    one.delivery.answered({ id, outcome, reason });
    return settle();
  };
  one.left = () => outbox.all.map((message) => message.id);
  return one;
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

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
