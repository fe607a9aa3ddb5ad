"""Every write of this app, one module per noun: lock, ask permission, check, save, record."""
