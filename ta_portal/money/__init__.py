"""Exact money: Decimal and currency, integers and fractions inside, one rounding at the end. SQL twins in `sql/`."""
