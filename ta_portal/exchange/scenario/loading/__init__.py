"""A scenario goes into the tables: through the services, as the two system users, all of it or nothing."""
