// Runs in the measured page before its own scripts, and does nothing until it is told to expect
// markers. It then notes when each was painted: at the end of the first frame after it had come
// into the document. It looks only at what changed, so that a long page costs it no more.
//
// Times are Unix milliseconds by the clock that the server reads, too.
(() => {
  const painted = [];
  const lengths = new WeakMap(); // text nodes grow at their end: what was read before is skipped
  let expected = 0, found = 0, framed = false, skew = 0, pressed = 0, done = () => {};

  const now = () => performance.timeOrigin + performance.now() + skew;
  const marker = (number) => "t" + String(number).padStart(5, "0");

  // Date.now() counts whole milliseconds: the largest of many differences is the true one.
  function setClock() {
    skew = -Infinity;
    for (const end = performance.now() + 20; performance.now() < end; )
      skew = Math.max(skew, Date.now() - performance.timeOrigin - performance.now());
  }

  function news(record) {
    if (record.type === "childList") return [...record.addedNodes].map((node) => node.textContent);
    const text = record.target.data, before = lengths.get(record.target) ?? 0;
    lengths.set(record.target, text.length);
    return [text.length > before ? text.slice(Math.max(0, before - marker(1).length)) : text];
  }

  function look(records) {
    const texts = records.flatMap(news);
    const before = found;
    for (let last = -1; last !== found; ) {
      last = found;
      for (const text of texts) {
        for (let at = 0; found < expected && at >= 0; ) {
          at = text.indexOf(marker(found + 1), at);
          if (at >= 0) found++;
        }
      }
    }
    if (found === before || framed) return;
    framed = true;
    requestAnimationFrame(() => scheduler.postTask(framePainted, { priority: "user-blocking" }));
  }

  function framePainted() {
    const at = now();
    framed = false;
    while (painted.length < found) painted.push(at);
    if (painted.length >= expected) done();
  }

  function onPress(event) {
    if (event.isTrusted) pressed ||= performance.timeOrigin + event.timeStamp + skew;
  }

  // Resolves at the first frame in which `test` holds, with the milliseconds since navigation.
  const when = (test) =>
    new Promise((resolve) => {
      const ask = () => (test() ? resolve(performance.now()) : requestAnimationFrame(ask));
      ask();
    });

  window.benchProbe = {
    /** A person could write now: the box is there, open, and the page's script has it. */
    usable: (byReact) =>
      when(() => {
        const box = document.querySelector("[data-role=composer]");
        if (!box || box.disabled || !box.getClientRects().length) return false;
        return !byReact || Object.keys(box).some((key) => key.startsWith("__react"));
      }),

    /** A text stands in the document. */
    says: (text) => when(() => document.body.textContent.includes(text)),

    /** Begin to look for so many markers. */
    expect(count) {
      expected = count;
      setClock();
      addEventListener("click", onPress, true);
      new MutationObserver(look).observe(document, {
        subtree: true, childList: true, characterData: true,
      });
    },

    /** What was seen, once all markers were painted or the time (ms) is over. */
    async seen(patience) {
      if (painted.length < expected) {
        await new Promise((resolve) => {
          done = resolve;
          setTimeout(resolve, patience);
        });
      }
      return { painted, pressed };
    },
  };
})();
