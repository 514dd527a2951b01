"""What the scripted agent says: tokens that each hold one marker, so that each can be timed.

A request for it travels as a sentence in the chat, the only thing that every page can send. Knows
neither servers nor browsers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_PROSE = """## @ @ @

@ @ @ @ **@ @** @ @ @ `@` @ @ @, @ @ @ @ [@ @](https://example.org/a) @ @ @ @ @ @. @ @ @ @ @ @ @.

- @ @ @ @ @ @
- @ **@** @ @ @ @
- @ @ @ `@` @ @

| @ | @ |
|---|---|
| @ | @ |
| @ | @ |

```python
@ = @(@, @)  # @
for @ in @:
    @ += @["@"]
```

> @ @ @ @ @ @

"""
_CODE = """@ = @(@, "@")  # @
if @ in @[@]: return @ + @
"""


@dataclass(frozen=True, slots=True)
class Script:
    """One answer.

    Attributes:
        kind: `prose`, all of markdown over and over, or `code`, one block of five tokens a line.
        tokens: How many.
        rate: Tokens a second.
    """

    kind: Literal["prose", "code"]
    tokens: int
    rate: float

    def ask(self, name: str) -> str:
        """The message that asks for it.

        Args:
            name: Letters and digits, under which the server keeps the times of sending.
        """
        return f"Please stream {self.tokens} tokens of {self.kind} at {self.rate:g}/s as {name}."

    @property
    def seconds(self) -> float:
        """How long the answer takes."""
        return self.tokens / self.rate


_ASKED = re.compile(r"stream (\d+) tokens of (prose|code) at ([\d.]+)/s as (\w+)\.")


def understand(message: str) -> tuple[Script, str] | None:
    """Read a message made by `Script.ask`: the script and the name, None for any other text."""
    asked = _ASKED.search(message)
    if asked is None:
        return None
    kind: Literal["prose", "code"] = "code" if asked[2] == "code" else "prose"
    return Script(kind, int(asked[1]), float(asked[3])), asked[4]


def marker(number: int) -> str:
    """The word that token `number`, counted from 1, can be told by."""
    return f"t{number:05d}"


UNASKED = ["Good morning."]
"""The answer to any other message: no marker in it."""


def answer(script: Script) -> list[str]:
    """The answer's tokens; together they are well-formed markdown up to the last one."""
    opening, pattern = ("```python\n", _CODE) if script.kind == "code" else ("", _PROSE)
    pieces = pattern.split("@")
    before, around = pieces[:-1], pieces[-1]
    tokens = []
    for number in range(1, script.tokens + 1):
        place = (number - 1) % len(before)
        lead = opening if number == 1 else around if place == 0 else ""
        tokens.append(lead + before[place] + marker(number))
    if script.kind == "code":
        tokens[-1] += "\n```\n"
    return tokens
