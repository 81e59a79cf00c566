"""Our chances for a race."""
