"""HTTP doors and plain pages."""
