"""`python3 -m webchat`: makes the environment, builds the page, runs the server process.

Standard library only, but for `production.py`, which runs inside the environment. Knows how to
install, build and start webchat, not what webchat does.
"""
