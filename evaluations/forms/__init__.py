"""What people fill in to ask for a report, and to judge an engagement."""
