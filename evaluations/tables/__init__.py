"""How evaluations, exit readiness and impact reports are shown."""
