"""What is measured, and what it is held against."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table. `goal` and `floor` in `unit`; None where there is none."""

    work: str
    unit: str
    floor: int | None
    best_peer: int | None
    goal: int | None
    ours: int
    at_least: bool = False  # the goal is a least figure, not a most

    @property
    def met(self) -> bool | None:
        if self.goal is None:
            return None
        return self.ours >= self.goal if self.at_least else self.ours <= self.goal

    def as_json(self) -> dict[str, object]:
        return {
            "work": self.work, "unit": self.unit, "floor": self.floor, "best_peer": self.best_peer,
            "goal": self.goal, "ours": self.ours,
        }  # fmt: skip


BLOCK = 2**24  # the largest transaction of EIP-7825 [gas]
