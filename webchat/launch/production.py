"""Entry point of the production server: serves the page that is already built.

Runs inside the environment, in a process of its own: `production.py HOST PORT LOG_LEVEL`.
"""

from __future__ import annotations

import sys

from webchat.reflex_private import serve_built_page

if __name__ == "__main__":
    serve_built_page(sys.argv[1], int(sys.argv[2]), sys.argv[3])
