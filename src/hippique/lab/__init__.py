"""Recorded history and its judges."""
