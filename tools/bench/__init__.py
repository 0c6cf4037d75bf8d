"""Gas and speed beside the floors, the peers and our goals.

`make bench` prints the table and writes reports/bench.json. Gas is taken from receipts of an Anvil node with
the contracts as they are deployed. "Marginal" is what one more lease adds to a large batch: the difference of
two batches over their difference in leases. docs/limits.md explains floors and peers.
"""
