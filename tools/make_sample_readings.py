"""Writes the sample water readings: a meter for every unit of the sample rent roll, read at three month ends.

    python3 -m tools.make_sample_readings        writes commonhold/samples/readings.csv

Everything follows from a fixed seed and the roll: running it again writes the same bytes. Use is in m³: a
home uses 3 to 16 in a month, so that most bills stay in the first tier and some reach the third.
"""

import random
from decimal import Decimal
from pathlib import Path
from typing import Final

from commonhold.ops.intake import load_mapping, read_roll
from commonhold.text import CsvValue, write_csv

SAMPLES: Final = Path(__file__).resolve().parent.parent / "commonhold" / "samples"
TARGET: Final = SAMPLES / "readings.csv"
SEED: Final = 20240229
DAYS: Final = ("2024-01-31", "2024-02-29", "2024-03-31")
COLUMNS: Final = ("building", "unit", "meter", "day", "reading", "confirmed_by", "note")


def rows() -> list[list[CsvValue]]:
    """A line for each meter and day."""
    chance = random.Random(SEED)
    found: list[list[CsvValue]] = []
    roll = read_roll(SAMPLES / "rent-roll.csv", load_mapping(SAMPLES / "rent-roll.toml"))
    for unit in roll.units:
        meter = f"W{unit.building[0]}-{unit.label}"
        counter = chance.randrange(100_000, 600_000)  # [0.001 m³]
        for day in DAYS:
            reading = Decimal(counter) / 1_000
            found.append([unit.building, unit.label, meter, day, reading, "Front desk", "photo on paper"])
            counter += chance.randrange(3_000, 16_000)
    return found


if __name__ == "__main__":
    write_csv(TARGET, COLUMNS, rows())
