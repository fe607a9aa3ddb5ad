"""A scenario: one engagement with all its parts in one JSON file, in the format of `data/financia/financia.json`."""
