"""simulate from end to end: a few invented homes live three months, and contracts and twin agree."""

import json
from io import StringIO
from pathlib import Path

from rich.console import Console

from commonhold.ops.simulate import simulate


def test_invented_homes_live_and_contracts_and_twin_agree(tmp_path: Path) -> None:
    told = StringIO()
    assert simulate(9, 3, 4, tmp_path / "life", Console(file=told, width=100)) == 0
    summary = json.loads((tmp_path / "life" / "summary.json").read_text(encoding="utf-8"))
    assert (summary["leases"], summary["units"], len(summary["months"])) == (9, 9, 3)
    assert summary["twin"]["differences"] == 0
    assert sum(int(month["collected"]) for month in summary["months"]) > 0
    assert "Contracts and twin agree" in told.getvalue()
    assert [month["month"] for month in summary["fees"]] == ["2024-02", "2024-03", "2024-04"]
    assert all(int(month["due"]) > 0 for month in summary["fees"])
    assert sum(int(month["collected"]) for month in summary["fees"]) > 0
