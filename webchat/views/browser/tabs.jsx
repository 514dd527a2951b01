// Keys on a row of tabs: left and right go to the next one, home and end to the last ones.

export function Tabs({ children, ...rest }) {
  const keyed = (event) => {
    const tabs = [...event.currentTarget.querySelectorAll("[role=tab]")];
    const here = tabs.indexOf(event.target.closest("[role=tab]"));
    const there = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: tabs.length - 1 }[
      event.key
    ];
    if (here < 0 || there === undefined) return;
    event.preventDefault();
    const tab = tabs[(there + tabs.length) % tabs.length];
    tab.focus();
    tab.click();
  };
  return (
    <div onKeyDown={keyed} {...rest}>
      {children}
    </div>
  );
}
