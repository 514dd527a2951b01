"""The wire client against the real agent server, started as a child on a loopback port."""
