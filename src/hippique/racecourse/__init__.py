"""A simulated racecourse: its races, its crowd, its three web sites. Reached over HTTP only."""
