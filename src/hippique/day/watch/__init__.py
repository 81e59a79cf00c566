"""The watch over the day: rules over one stream of events and the day's own archive."""
