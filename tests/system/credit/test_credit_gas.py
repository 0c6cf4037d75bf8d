"""What a report to the credit history costs on a real node: inside the goals of docs/limits.md."""

from tools.bench.credit import measure


def test_one_outcome_alone_and_in_a_batch_stays_inside_its_goal() -> None:
    rows = measure(lambda what: None)
    assert len(rows) == 2
    for row in rows:
        assert row.floor is not None and row.floor < row.ours
        assert row.met, (row.work, row.ours, row.goal)
