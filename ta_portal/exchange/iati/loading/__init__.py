"""An IATI activity goes into the tables: through the services, as the two system users."""
