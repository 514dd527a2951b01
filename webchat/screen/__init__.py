"""What one tab shows: its thread, what is expanded, its records, and the deltas that update it."""
