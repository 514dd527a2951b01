// A link within the page: focuses its target, and leaves the address alone.

export function Skip({ to, children, ...rest }) {
  const go = (event) => {
    event.preventDefault();
    document.getElementById(to)?.focus();
  };
  return (
    <a href={`#${to}`} onClick={go} {...rest}>
      {children}
    </a>
  );
}
