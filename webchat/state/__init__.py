"""Who is here, which thread, what is open: Reflex state, and the tabs beside it."""
