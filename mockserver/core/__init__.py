"""What the stand-in decides: plain Python, no framework."""
