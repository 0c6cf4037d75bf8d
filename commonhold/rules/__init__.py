"""The Python twin of the contracts' rules: pure functions over integers; no chain, no files, no clock."""
