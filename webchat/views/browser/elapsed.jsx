// Seconds that count up by themselves while something runs, on the server's clock.

import { useEffect, useState } from "react";
import { recordOf, subscribe } from "./store.js";

let ahead = 0; // seconds that this clock is ahead of the server's
subscribe(
  "clock",
  () => (ahead = Date.now() / 1000 - (recordOf("clock").now ?? Date.now() / 1000)),
);

const clock = () => Date.now() / 1000 - ahead;

export function Elapsed({ since }) {
  const [now, setNow] = useState(clock);
  useEffect(() => {
    const timer = setInterval(() => setNow(clock()), 1000);
    return () => clearInterval(timer);
  }, []);
  if (!since) return null;
  return (
    <span className="elapsed" aria-hidden="true">
      {Math.max(0, Math.floor(now - since))} s
    </span>
  );
}
