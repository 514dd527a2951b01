"""The fold, held to its promises over recordings of the real agent server."""
