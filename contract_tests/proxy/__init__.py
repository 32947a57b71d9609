"""Stands between a client and a vendor: passes everything on, and judges both directions."""
