"""What people ask of the cost pages, and what they fill in to plan and post money."""
