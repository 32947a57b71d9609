"""Recorded traffic: what browsers and proxies saved as HAR, judged like traffic that is heard."""
