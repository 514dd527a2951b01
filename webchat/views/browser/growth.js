// Brings an element from one HTML to the next by adding what is new at its end, where that is all
// that changed: what is there stays, with its selection, its scroll position and its layout.
//
// Both are what the server's sanitizer wrote: each element is closed, `<` and `&` are escaped.

const CLOSERS = /^(?:<\/[a-z][a-z0-9]*>\s*)*$/i;
const TAGS = /<(\/?)([a-z][a-z0-9]*)[^>]*>/gi;
const VOID = new Set(["br", "col", "hr", "img", "input", "wbr"]);

function commonStart(one, other) {
  const most = Math.min(one.length, other.length);
  let length = 0;
  while (length < most && one.charCodeAt(length) === other.charCodeAt(length)) length++;
  return length;
}

/** Where the tag or the character reference begins that `at` is within; `at` if it is in none. */
function outsideMarkup(html, at) {
  const tag = html.lastIndexOf("<", at - 1);
  if (tag > html.lastIndexOf(">", at - 1)) return tag;
  const reference = html.lastIndexOf("&", at - 1);
  return reference > Math.max(html.lastIndexOf(";", at - 1), tag) ? reference : at;
}

function isBalanced(html) {
  let depth = 0;
  for (const [, closes, name] of html.matchAll(TAGS)) {
    if (VOID.has(name.toLowerCase())) continue;
    depth += closes ? -1 : 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/**
 * What was added, if something was added at the end of one of the elements that end the old HTML.
 *
 * @returns {{depth: number, html: string} | null} How many elements deep that one is, each the last
 *   of its parent, 0 for the root; and the HTML added at its end. Null if more than that changed.
 */
export function addition(old, html) {
  const start = outsideMarkup(old, commonStart(old, html));
  const closers = old.slice(start);
  const added = html.slice(start, html.length - closers.length);
  if (!CLOSERS.test(closers) || !html.endsWith(closers) || html.length < old.length) return null;
  return isBalanced(added) ? { depth: closers.split("</").length - 1, html: added } : null;
}

/** Make an element that shows `old` show `html`. */
export function show(element, old, html) {
  if (old === html) return;
  const added = addition(old, html);
  let place = added && element;
  for (let depth = added?.depth ?? 0; place && depth > 0; depth--) place = place.lastElementChild;
  if (!place) element.innerHTML = html;
  else if (/[<&]/.test(added.html)) place.insertAdjacentHTML("beforeend", added.html);
  else if (place.lastChild?.nodeType === Node.TEXT_NODE) place.lastChild.appendData(added.html);
  else place.append(added.html);
}
