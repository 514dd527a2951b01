// Keys on the raw view's rows: up and down move, right opens, left shuts, c copies.

const MOVES = { ArrowDown: 1, ArrowUp: -1 };

export function Rows({ children, ...rest }) {
  const keyed = (event) => {
    const head = event.target.closest("[data-event-head]");
    if (!head || event.ctrlKey || event.metaKey || event.altKey) return;
    const open = head.getAttribute("aria-expanded") === "true";
    if (MOVES[event.key]) {
      const heads = [...event.currentTarget.querySelectorAll("[data-event-head]")];
      heads[heads.indexOf(head) + MOVES[event.key]]?.focus();
    } else if (event.key === "ArrowRight" && !open) head.click();
    else if (event.key === "ArrowLeft" && open) head.click();
    else if (event.key === "c") head.parentElement.querySelector("[data-clip]")?.click();
    else return;
    event.preventDefault();
  };
  return <div onKeyDown={keyed} {...rest}>{children}</div>;
}
