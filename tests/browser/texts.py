"""What the scripted agent can say at length; imported by a path, so it imports nothing of ours."""

from __future__ import annotations

WEATHER = (
    "The weather in **Los Angeles** is 60°F and sunny.\n\n- Wind from the west\n- No rain today\n"
)

MARKDOWN = """\
# A heading

Plain words, *stress*, **weight**, `code`, ~~gone~~ and a [link](https://example.org/page).

| City | Sky | °F |
|---|:-:|--:|
| Los Angeles | sunny | 60 |
| Oslo | snow | 28 |

- [x] done
- [ ] to do

> A thought that is quoted.

```python
def greet(name: str) -> str:
    return f"hello {name}"
```

It costs $5 and $10. Inline \\(a^2 + b^2 = c^2\\), and on its own:

$$
\\int_0^1 x\\,dx = \\tfrac12
$$

1. one
2. two

The end.
"""

LONG_CODE = (
    "Here it is:\n\n```python\n"
    + "\n".join(f"value_{n} = compute(value_{n - 1}, step={n}, name='{n:03}')" for n in range(400))
    + "\n```\n\nThat was the code.\n"
)

WIDE_TABLE = (
    "A wide table:\n\n|"
    + "|".join(f" column number {n} " for n in range(16))
    + "|\n"
    + "|---" * 16
    + "|\n"
    + "".join("|" + "|".join(f" value {row}/{n} " for n in range(16)) + "|\n" for row in range(6))
    + "\nand a long word: "
    + "Donaudampfschifffahrt" * 12
    + " https://example.org/"
    + "path/" * 60
    + "\n"
)

PARAGRAPHS = "".join(
    f"Paragraph {n}. The tide comes in and the tide goes out, and whoever stands on the shore "
    "sees only that the water moves, not what moves it.\n\n"
    for n in range(40)
)

TEXTS = {
    "weather": WEATHER,
    "markdown": MARKDOWN,
    "code": LONG_CODE,
    "table": WIDE_TABLE,
    "paragraphs": PARAGRAPHS,
}
