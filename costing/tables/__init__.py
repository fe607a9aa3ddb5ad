"""Costs, funding and what they are made of, as tables."""
