"""A contract and its documents: sources, examples, links, and where each statement stands."""
