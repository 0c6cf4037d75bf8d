"""The tables that every index has: what it belongs to, how far it is, the blocks and the raw logs.

    meta      what the index belongs to: version of the tables, chain, contracts
    cursor    one row: the last block that is in, its hash, and the newest one of the node then
    blocks    number, hash, parent, time; those with logs, and the newest ones that may still be replaced
    logs      as the node gave them, packed: 32 bytes a topic, the data, the transaction's hash

Numbers and times fit 63 bits; hashes are 32 bytes. What is derived from the logs stands in `tables`.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table

VERSION: Final = 2  # 1 had no derived tables
METADATA: Final = MetaData()

meta: Final = Table(
    "meta",
    METADATA,
    Column("key", String(40), primary_key=True),
    Column("value", String, nullable=False),
)

cursor: Final = Table(
    "cursor",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("block", BigInteger, nullable=False),  # the last one that is in
    Column("hash", LargeBinary, nullable=False),
    Column("time", BigInteger, nullable=False),  # [unix]
    Column("head", BigInteger, nullable=False),  # the node's newest block when it came in
    Column("undo_from", BigInteger, nullable=False),  # from here on a block can be taken out of the tables
)

blocks: Final = Table(
    "blocks",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    Column("parent", LargeBinary, nullable=False),
    Column("time", BigInteger, nullable=False),  # [unix]
    Column("logs", Integer, nullable=False),  # how many are kept of it
)

logs: Final = Table(
    "logs",
    METADATA,
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),  # among all logs of the block
    Column("source", Integer, nullable=False),  # of `meta`'s list of contracts
    Column("topics", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("transaction", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
