"""Correct clients of the vendors and single faults of them, judged by `contract-tests client`."""
