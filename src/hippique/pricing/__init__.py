"""Odds to chances: arrays in, arrays out, no racing words."""
