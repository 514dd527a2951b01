"""Reflex state: thin classes that check an event's arguments and make one short call."""
