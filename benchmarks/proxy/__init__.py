"""What a proxy adds to a request, and what a large body costs it: ours beside others."""
