"""Requests made from a contract: samples, arguments, styles, and ones wrong on purpose."""
