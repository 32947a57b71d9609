"""Findings: what they are, how grave, whether they show themselves again, what is accepted."""
