"""The steps of a race day."""
