"""Tests of `webchat/state` that need no browser."""
