"""Posted bills from readings and published formulas: reading, computing, posting, proving, receipts.

formula   a tariff formula from its TOML file, and its hash
readings  meter readings from CSV: judged, signed, kept
lines     the lines of one bill, and their hash
draft     the bills of a period: who owes what, who waits and why
runs      a run with its tree: posted, kept in a file, proved
receipt   what a resident gets: JSON, CSV, a page to print with a QR code
verify    whether a receipt is right, with nothing but the file
"""
