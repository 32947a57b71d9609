"""Thousands of sessions and hundreds of instant tests in one process, all simulated."""
