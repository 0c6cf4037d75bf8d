"""The audit: everything re-derived from raw logs by the twin, and compared with what the contracts say.

    found = audit(connection, deployment, at=block)
    found.ok, found.lines, found.differences

Layers: `chain.rawlogs` reads logs; `replay` fills the books from them, without a node; `views` says what
every view must answer; `compare` asks. What it proves and what it cannot: docs/audit.md.
"""

from commonhold.ops.audit.audit import Report, audit
from commonhold.ops.audit.findings import Difference

__all__ = ["Difference", "Report", "audit"]
