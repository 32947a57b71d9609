"""Requests that no client means to send and every server gets: a small catalogue of them."""
