// The page and the server read the same thread from an address.

import assert from "node:assert/strict";
import test from "node:test";
import { pathOf, threadAt } from "../../../webchat/views/browser/addresses.js";

const THREAD = "5f3c7a52-3c1e-4f0e-9d51-0d8c7d1f9a11";

test("a thread's address names it, in the server's spelling", () => {
  for (const path of [pathOf(THREAD), `/thread/${THREAD.toUpperCase()}`, `//thread/${THREAD}//`])
    assert.equal(threadAt(path), THREAD);
});

test("what is no thread's address names none", () => {
  for (const path of ["/", "/thread/", `/thread/${THREAD}/x`, pathOf(THREAD.replaceAll("-", ""))])
    assert.equal(threadAt(path), "");
});
