"""The probes beside fping, ping and icmplib: the same targets, the same wire, one run."""
