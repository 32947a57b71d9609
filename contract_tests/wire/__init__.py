"""The way to a server: limits, credentials, the one socket, and what went over it."""
