"""The tests of webchat; `python3 -m tests` runs them all."""
