"""The built page in a real Chromium, on a real agent server."""
