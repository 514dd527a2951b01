"""Tests of the pure room that turns untrusted text into HTML."""
