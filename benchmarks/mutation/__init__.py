"""Correct servers written from the documents, single faults of them, and who finds the faults."""
