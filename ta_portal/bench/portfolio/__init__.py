"""A synthetic portfolio: plausible to look at, as large as wanted, the same for the same seed and day."""
