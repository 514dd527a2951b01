"""Every limit of this room: what is read, written or converted at once, so that no call is dear.

Each is chosen so that one call stays below 50 ms on an ordinary core, whatever it is given. What is
beyond a limit is shown in a plainer way, or left out with a note; nothing is dropped in silence.
"""

from __future__ import annotations

# JSON trees

JSON_STRING = 2_000
"""Characters of a string that are shown at once."""
JSON_CHILDREN = 100
"""Children of an array or object that are shown at once."""
JSON_HTML = 150_000
"""Characters of HTML after which nothing more of a tree is shown unasked."""
JSON_HTML_EXPANDED = 250_000
"""The same for what was asked for, all of it together, on top."""
JSON_DEPTH = 60
"""Levels that are shown, whatever is asked for: no page can indent further."""
JSON_POINTER = 1_000
"""Characters of a JSON pointer: what lies deeper, or behind a longer key, is not offered."""
