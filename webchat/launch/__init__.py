"""The way from a bare Python to a page that answers: environment, build, processes.

Standard library only, but for `production.py`, which runs inside the environment. Knows how to
install, build and start webchat, not what webchat does.
"""
