"""The chain: connecting, artifacts, sending, and one typed wrapper per contract."""
