"""What the logs mean, contract by contract."""
