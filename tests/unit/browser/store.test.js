// The page's store takes the deltas of tests/fixtures/deltas.json as its Python model does.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const STORE = new URL("../../../webchat/views/browser/store.js", import.meta.url);
const STORIES = JSON.parse(readFileSync(new URL("../../fixtures/deltas.json", import.meta.url)));

const keysOf = (story) => story.deltas.flatMap(([, , ops]) => ops.map(([, key]) => key));

for (const [number, story] of STORIES.entries()) {
  test(story.name, async () => {
    const { apply, recordOf, subscribe } = await import(`${STORE}?${number}`); // a store of its own
    const keys = [...new Set([...keysOf(story), ...Object.keys(story.records)])];
    const woken = [];
    for (const key of keys) subscribe(key, () => woken.push(key));

    assert.deepEqual(story.deltas.map(apply), story.taken);
    for (const key of keys) {
      const expected = Object.hasOwn(story.records, key) ? story.records[key] : {};
      assert.deepEqual({ ...recordOf(key) }, expected);
    }
    assert.deepEqual(woken, story.woken);
  });
}

test("who has unsubscribed is called no longer", async () => {
  const { apply, subscribe } = await import(`${STORE}?unsubscribed`);
  const woken = [];
  const first = subscribe("a", () => woken.push("first"));
  subscribe("a", () => woken.push("second"));
  first();
  apply(["e", 0, [["put", "a", {}]]]);
  assert.deepEqual(woken, ["second"]);
});

test("a record that no op names is the very same object after a delta", async () => {
  const { apply, recordOf } = await import(`${STORE}?identity`);
  apply([
    "e",
    0,
    [
      ["put", "a", { n: 1 }],
      ["put", "b", { n: 1 }],
    ],
  ]);
  const before = recordOf("a");
  apply(["e", 1, [["set", "b", "n", 2]]]);
  assert.equal(recordOf("a"), before);
});
