"""Is the portal well: health, metrics, logs, and `manage.py doctor`."""
