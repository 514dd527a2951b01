// A box that stays at its newest line until the reader scrolls up, and never moves by itself then.

import { useEffect, useRef, useState } from "react";

const NEAR = 32; // px from the end that still count as being there
const boxes = new Map();

/** Bring the box of that name to its end and keep it there. */
export const follow = (name) => boxes.get(name)?.();

export function Follow({ name, children, onEarlier, onFollow, jumpLabel, ...rest }) {
  const box = useRef(null);
  const inner = useRef(null);
  const pinned = useRef(true);
  const top = useRef(0);
  const height = useRef(0);
  const welcome = useRef(false); // whether an empty chat was shown at the last look
  const earlier = useRef(null); // the oldest turn, and where it was, while older ones are asked for
  const [away, setAway] = useState(false);
  const told = useRef(false);

  useEffect(() => {
    if (away !== told.current) onFollow?.(!away);
    told.current = away;
  }, [away]);

  const toEnd = () => {
    const el = box.current;
    if (!el) return; // a last look at a box that has just gone
    pinned.current = true;
    setAway(false);
    const welcomed = welcome.current;
    welcome.current = inner.current.querySelector(".welcome")?.checkVisibility() ?? false;
    if (welcome.current) {
      if (!welcomed) el.scrollTop = 0; // it is read from its top, and came in place of a skeleton
      return;
    }
    el.scrollTop = el.scrollHeight;
    top.current = el.scrollTop;
    height.current = el.scrollHeight;
  };

  useEffect(() => {
    boxes.set(name, toEnd);
    const grown = new ResizeObserver(() => {
      const el = box.current;
      if (!el) return;
      const near = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR;
      if (near && el.scrollHeight < height.current) pinned.current = true; // shut again
      if (pinned.current) toEnd();
      else if (earlier.current && earlier.current.turn.offsetTop > earlier.current.top) {
        // what came in above pushes down what is being read: hold it in place
        el.scrollTop += earlier.current.turn.offsetTop - earlier.current.top;
        earlier.current = null;
      }
      if (!pinned.current) setAway(!near);
      height.current = el.scrollHeight;
    });
    grown.observe(inner.current);
    grown.observe(box.current);
    return () => {
      grown.disconnect();
      boxes.delete(name);
    };
  }, [name]);

  const scrolled = () => {
    const el = box.current;
    const near = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR;
    const shrunk = el.scrollHeight < height.current;
    // growth moves the end away, shrinking moves us up: only going up by oneself lets go
    if (near) pinned.current = true;
    else if (el.scrollTop < top.current - 1 && !shrunk) pinned.current = false;
    top.current = el.scrollTop;
    height.current = el.scrollHeight;
    setAway(!pinned.current);
    if (el.scrollTop < 200 && !pinned.current && !earlier.current && onEarlier) {
      if (!inner.current.querySelector("[data-earlier]")) return;
      const turn = inner.current.querySelector("[data-turn]");
      earlier.current = { turn, top: turn.offsetTop };
      onEarlier();
    }
  };

  // what one unfolds grows below where one looks: stay there
  const unfolded = (event) => {
    if (event.target.closest("summary")) pinned.current = false;
  };

  return (
    <div className="follow">
      <div
        ref={box}
        className="follow-box"
        tabIndex={0}
        onScroll={scrolled}
        onClickCapture={unfolded}
        {...rest}
      >
        <div ref={inner} className="follow-inner">
          {children}
        </div>
      </div>
      <button
        type="button"
        className="jump"
        hidden={!away}
        data-role={`jump-${name}`}
        onClick={toEnd}
      >
        {jumpLabel}
      </button>
    </div>
  );
}
