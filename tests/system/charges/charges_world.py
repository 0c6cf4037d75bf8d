"""A town with homes and charge categories, and the command as its manager and its residents type it."""

import json
from pathlib import Path
from typing import Any

from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.ops.manifest import read
from commonhold.rules.calendar import month_of
from commonhold.units import Day, Month, format_day, format_month
from tests.package.ops.town import CMT, Person, Town
from tests.system.command import Run, keystore

NOON = 1_771_128_000  # 2026-02-15 12:00 in China [unix]
REASON = ("--reason", "the lift stood still")


class World:
    """A town with two owners, three homes and three categories, and the command in its folder."""

    def __init__(self, node: Node, folder: Path, run: Run) -> None:
        self.run, self.folder = run, folder
        run("deploy")
        connection = Connection(node.rpc_url)
        deployment = read(folder / "deployments" / "local")
        self.suite = deployment.suite(connection)
        self.town = Town(connection, deployment, self.suite)
        self.works, self.ann, self.ben = self.town.people(3, funds=1_000 * CMT)
        for owner in (self.ann, self.ann, self.ben):
            self.town.unit(owner)
        payee = f"party {self.works.party}"
        start = format_month(Month(month_of(self.town.today) + 1))
        (folder / "schedule.csv").write_text(
            "category,kind,rate,from,due day,due month,grace days,late fee,late fee days,payee\n"
            f"Fee,area,2.5,{start},5,same,10,0.05%/day,100,{payee}\n"
            f"Repairs,posted,,,10,next,5,0.05%/day,60,{payee}\n",
            encoding="utf-8",
        )
        for _ in range(2):
            run("import", "fee-schedule", "schedule.csv")
            run("import", "fee-schedule", "schedule.csv", "--approve")

    def json(self, *arguments: object) -> Any:
        return json.loads(self.run(*arguments, "--json"))

    def day(self, number: int) -> str:
        return format_day(Day(number))

    def keystore(self, who: Person) -> tuple[str, ...]:
        """Options that sign as a resident."""
        return keystore(self.folder, f"party-{who.party}", who.account)
