"""A French race day that runs by itself: plan, capture, decide, settle, and tell the truth."""

__version__ = "0.1.0"
