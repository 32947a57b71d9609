"""A run: what was asked for, its plan, its course, and what came of it."""
