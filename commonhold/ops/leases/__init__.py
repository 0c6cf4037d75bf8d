"""Leases on their way to the chain: prepared from drafts (`prepare`), shown before signing (`summary`),
signed (`typed`, `files`), activated when all have signed (`activate`)."""
