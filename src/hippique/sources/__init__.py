"""Read sites: one module of selectors a site, one polite client."""
