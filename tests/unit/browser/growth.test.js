// What was added at the end of one HTML to make the next; null where more than that changed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addition } from "../../../webchat/views/browser/growth.js";

const CASES = [
  ["words in a paragraph", "<p>One</p>\n", "<p>One two</p>\n", 1, " two"],
  [
    "words in the innermost of many",
    "<ul>\n<li><b>a</b></li>\n</ul>\n",
    "<ul>\n<li><b>ab</b></li>\n</ul>\n",
    3,
    "b",
  ],
  ["words after an inner element", "<p><b>a</b></p>", "<p><b>a</b> c</p>", 1, " c"],
  [
    "an element like the one before it",
    "<ul><li>a</li></ul>",
    "<ul><li>a</li><li>b</li></ul>",
    1,
    "<li>b</li>",
  ],
  ["a block after a block", "<p>a</p>\n", "<p>a</p>\n<p>b</p>\n", 0, "<p>b</p>\n"],
  ["everything", "", "<p>a</p>", 0, "<p>a</p>"],
  ["an escaped sign", "<p>a</p>", "<p>a&lt;</p>", 1, "&lt;"],
  ["another escaped sign, alike at first", "<p>a&lt;</p>", "<p>a&lt;&lt;</p>", 1, "&lt;"],
  ["an element without an end", "<p>a</p>", "<p>a<br>b</p>", 1, "<br>b"],
];

for (const [name, old, html, depth, added] of CASES)
  test(`${name} is added`, () => assert.deepEqual(addition(old, html), { depth, html: added }));

const CHANGES = [
  ["less text", "<p>One two</p>", "<p>One</p>"],
  ["nothing", "<p>One</p>", ""],
  ["another word", "<p>One two</p>", "<p>One three</p>"],
  ["a word that becomes strong", "<p>**One</p>", "<p><b>One</b></p>"],
  ["an escaped sign that becomes another", "<p>a&lt;</p>", "<p>a&gt;</p>"],
  ["another attribute", '<p class="a">One</p>', '<p class="b">One</p>'],
  ["an end in the middle of what is added", "<p>a<b>b</b></p>", "<p>a<b>bc</b>d<i>e</i></p>"],
  ["words within an element that is not the last", "<p><b>a</b> c</p>", "<p><b>ab</b> c</p>"],
];

for (const [name, old, html] of CHANGES)
  test(`${name} is no addition`, () => assert.equal(addition(old, html), null));
