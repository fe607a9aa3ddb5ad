"""What people fill in: filters over lists, and forms that set engagements up and change them."""
