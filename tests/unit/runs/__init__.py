"""Tests of `webchat/runs` that need no browser."""
