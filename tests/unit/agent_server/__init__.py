"""The wire client against fakes: only for faults that the real server cannot be made to show."""
