"""The reducer, held to its promises over recordings of the real agent server."""
