"""The table of faults and outcomes, from what the last fault runs wrote to .local/fault-runs.jsonl."""

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / ".local" / "fault-runs.jsonl"


def main() -> int:
    if not FILE.is_file():
        print("No fault run is recorded yet: run the tests first.", file=sys.stderr)
        return 2
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for line in FILE.read_text(encoding="utf-8").splitlines():
        run = json.loads(line)
        found[run["room"], run["fault"]][run["outcome"]] += 1
    print("| part | fault | runs | outcome |\n|---|---|---|---|")
    for (room, fault), outcomes in sorted(found.items()):
        words = "; ".join(f"{outcome}: {count}" for outcome, count in outcomes.most_common())
        print(f"| {room} | {fault} | {sum(outcomes.values())} | {words} |")
    return 1 if any("FAILED" in outcome for outcomes in found.values() for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
