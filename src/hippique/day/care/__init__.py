"""Care of what a day leaves: copies, pruning, figures, checks and runbooks over the archive."""
