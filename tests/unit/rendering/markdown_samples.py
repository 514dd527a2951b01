"""Pieces of markdown that, side by side in any order, meet most of what makes borders hard."""

from __future__ import annotations

from hypothesis import strategies as st

FRAGMENTS = [
    "word", " ", "\n", "\n", "\n\n", "  ", "    ", "\t", "**", "*", "_", "`", "```", "```py\n",
    "\n```\n", "~~~\n", "- ", "- [ ] ", "\n- item", "\n  - nested", "* ", "1. ", "2) ",
    "\n2. second", "> ", "\n> quote", "# ", "\n## head", "===", "\n===\n", "---", "\n---\n",
    "| a | b |\n", "|---|---|\n", "|:-:|", "| x | y |\n", "$$", "\n$$\n", "x = y", "\\(", "\\)",
    "\\[", "\n\\[\n", "\\]", "\\", "[", "](", ")", "[text](http://x.y)", "![i](",
    "[r]: http://x.y\n", "[r]", "<b>", "<br>", "<http://x.y>", "&amp;", "http://x.y/z", "~~",
    "\r", "\r\n", "\ud83d", "\ude00", "\x00", "…", "12", "3.", ":", "|", "a | b", "+ ", "***",
    "\n\n    code\n", "\n\n\n", "def f():\n",
]  # fmt: skip

texts = st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join)
"""Markdown as nobody would write it."""

ANSWER = """\
# Weather in **Los Angeles**

It is *mild*, about 21 °C; see [the forecast](https://example.org/la) or https://example.org/x.
A second line, with `code` and \\(e^{i\\pi} = -1\\), from $5 to $10.

- one
- two **bold**
  - nested
- three

1. first

   ```bash
   pip install webchat
   ```

2. second

| City | °C |
|------|---:|
| Los Angeles | 21 |
| New York | 4 |

> quoted
> more

$$
x

= y
$$

```python
def f(x):
    \"\"\"Text.\"\"\"
    return x
```

Setext
------

The end, **unfinished
"""
"""An answer as a model gives it."""
