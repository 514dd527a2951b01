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

# Markdown: how much of a growing text is read at once, and how long a block gets before it is cut

WINDOW = 8_000
"""Characters that are read at once, and the longest a block may be before it is cut anywhere."""
WINDOW_COST = 24_000
"""What reading a window may cost (`costs.cost`)."""
WINDOW_WITH_IMAGE = 64_000
"""The characters of a window where a picture stands in the text as a `data:` URL."""
WINDOW_LINES = 150
"""The lines of a window."""
TEXT = 6_000
"""What a paragraph, or a leaf within a list or quote, may cost before it is cut (`costs.cost`)."""
TEXT_LINES = 100
"""The lines that such a paragraph may have."""
CONTAINER = 1_200
"""Characters of a list or quote after which it is cut before the next thing in it."""
CONTAINER_LINES = 40
"""The same in lines."""
TABLE_ROWS = 40
"""Rows of a table after which it is cut."""
TABLE = 5_000
"""What the rows of a piece of a table may cost."""
TABLE_COLUMNS = 30
"""Columns of a table; with more of them it is a paragraph."""
TABLE_HEADER = 2_000
"""What the header of a table may cost, which each piece repeats; above, it is a paragraph."""

# Markdown: what one piece may hold to be read as markdown; beyond, it is shown as its source

NESTING = 24
"""Levels of blocks or inlines within each other."""
MARKS = 1_600
"""Characters that could mean markup; an opening bracket counts eight times, emphasis twice."""

# Formulas, pictures and code

FORMULA = 2_000
"""Characters of a formula that is still converted."""
FORMULA_DEPTH = 30
"""Groups within groups that are still converted."""
FORMULA_LINES = 50
"""Lines after its opening one within which a formula on lines of its own has to end."""
INLINE_IMAGE = 48_000
"""Characters of a `data:` URL that is still shown as a picture."""
CODE_LINES = 40
"""Lines of one part of a block of code."""
CODE_LINES_LEAST = 24
"""A part may end earlier than it must, after an empty line, but not before this many."""
CODE = 2_000
"""Characters after which a part of a block of code ends, however few its lines are."""
CODE_GROWING_LINE = 4_000
"""Characters of an unfinished line of code that are shown while it grows."""
COLOURED = 2_500
"""Characters of a part of code that are still coloured; above, code is shown plain."""
COLOURED_LINE = 500
"""The same for its longest line: minified code is not worth the work."""
COLOURED_BLANKS = 60
"""The same for blanks in a row: lexers of C look through them from each to each."""
COLOURING = 200
"""Rules that a lexer may try on any piece of code; what is left then is plain."""
COLOURING_CHARACTER = 22
"""The same for each of its characters, on top: more than usual code in any language takes."""
COLOURING_TOKEN = 4
"""How many rules a token costs that was found."""
