"""Side by side with Prism: the same contract, the same requests, one interleaved run."""
