"""Answers that a contract allows and that nobody tries: made, given, and judged by what breaks."""
