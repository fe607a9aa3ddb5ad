"""IATI activity files, in (2.01 to 2.03) and out (2.03)."""
