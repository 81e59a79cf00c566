"""Queues, claims, clocks and stores: the real backends and their in-memory twins."""
