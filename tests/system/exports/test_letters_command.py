"""Messages, letters and calendars by the command, as an office uses them: from the books to the resident."""

import json
import shutil
from collections.abc import Iterator

import pytest

from commonhold.store import Store
from commonhold.store.schema import Party
from tests.package.ops.town import CMT
from tests.package.outbox.servers import hook, mail_server
from tests.system.bank.bank_world import BankWorld

SECRET = "a secret of more than sixteen"
SUBJECTS = {"en": "Your rent", "zh": "您的租金", "ja": "家賃"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BankWorld]:
    with BankWorld.build(tmp_path_factory.mktemp("letters")) as built:
        yield built


def test_an_office_tells_its_residents_what_they_owe(world: BankWorld) -> None:
    town, (ann, ben, cem) = world.town, world.people
    start = town.today + 3
    town.lease(cem, [ann], start_day=start, end_day=start + 365, rent=1_000 * CMT)
    town.lease(cem, [ben], start_day=start, end_day=start + 365, rent=2_000 * CMT)
    world.statement("m.xml", world.rents(1))
    world.do("bank", "import", "m.xml")  # makes the store
    with Store.open(world.folder / ".commonhold") as store, store.writing() as session:
        session.add(Party(key="ann", kind="person", name="Ann Lee", contact="ann@example.org", id=ann.party))
        session.add(Party(key="ben", kind="person", name="Ben", contact="0123", id=ben.party))

    # the calendar, before anything is due
    dates = world.run("calendar", str(ann.party), "--out", "ann.ics")
    assert len(dates) >= 12 and dates[0]["amount"] == str(1_000 * CMT)
    content = (world.folder / "ann.ics").read_text(encoding="utf-8")
    assert content.count("BEGIN:VEVENT") == len(dates) and world.slip(1) in content and "Ann Lee" in content
    world.do("calendar", "99", "--out", "x.ics", code=2)

    # messages: mail to whom has an address, the webhook for everybody else
    with mail_server() as server, hook() as box:
        with (world.folder / "commonhold.toml").open("a") as settings:
            settings.write(
                f'[notify]\nsmtp = "127.0.0.1:{server.port}"\nsender = "office@example.org"\n'
                f'office = "office@example.org"\nwebhook = "{box.url}"\nallow_private = true\n'
            )
        (world.folder / "commonhold.secret.toml").write_text(f'[notify]\nwebhook_secret = "{SECRET}"\n')
        (world.folder / "commonhold.secret.toml").chmod(0o600)
        assert len(world.run("notify", "run", "--dry-run")["waiting"]) == 2
        assert world.run("notify", "run")["sent"] == [1, 2]
        assert world.run("notify", "run") == {"new": 0, "sent": [], "later": [], "unknown": [], "dead": []}
        ((address, mail),) = server.mails
        ((_, told),) = box.requests
        assert address == "ann@example.org" and json.loads(told)["to"] == f"party {ben.party}"
        assert (SECRET not in told.decode() and "base64" in mail) or "Your rent" in mail

        # overdue: letters for all that owe, and one message whose fate nobody knows
        town.to_day(start + 40)
        server.plan += ["lost"]
        report = world.run("notify", "run", code=7)
        assert len(report["unknown"]) == 1 and report["dead"] == []
        (row,) = world.run("notify", "list", "--state", "unknown")
        assert row["to"] == f"party {ann.party}" and "broke off" in row["error"]
        world.do("notify", "drop", str(row["message"]))
        assert world.run("notify", "list", "--state", "unknown") == []
        world.do("notify", "retry", str(row["message"]), code=2)

    found = world.run("letter", "--age", "30", "--out", "letters")
    assert [one["party"] for one in found] == [ann.party, ben.party] and {one["stage"] for one in found} == {
        30
    }
    page = (world.folder / "letters" / f"party-{ann.party}.html").read_text(encoding="utf-8")
    assert "Dear Ann Lee" in page and world.slip(1) in page and "2,000.00" in page
    assert world.run("letter", "--age", "90") == []
    table, _ = world.do("letter", str(ben.party), "--language", "ja", "--out", "ja")
    assert "party-2.html" in table and "お支払い" in (world.folder / "ja" / "party-2.html").read_text("utf-8")
    world.do("letter", "--age", "31", code=2)


@pytest.mark.parametrize("language", SUBJECTS)
def test_messages_are_in_the_language_of_the_settings(world: BankWorld, language: str) -> None:
    town, (ann, _, cem) = world.town, world.people
    with world.fresh(), hook() as box:
        shutil.rmtree(world.folder / ".commonhold", ignore_errors=True)
        kept = (world.folder / "commonhold.toml").read_text(encoding="utf-8").partition("[notify]")[0]
        (world.folder / "commonhold.toml").write_text(
            f'{kept}[show]\nlanguage = "{language}"\n[notify]\nwebhook = "{box.url}"\nallow_private = true\n'
        )
        (world.folder / "commonhold.secret.toml").write_text(f'[notify]\nwebhook_secret = "{SECRET}"\n')
        (world.folder / "commonhold.secret.toml").chmod(0o600)
        world.statement("l.xml", world.rents(1))
        world.do("bank", "import", "l.xml")
        start = town.today + 3
        town.lease(cem, [ann], start_day=start, end_day=start + 365, rent=1_000 * CMT)
        world.run("notify", "run")
        told = [json.loads(body) for _, body in box.requests]
        (soon,) = [one for one in told if one["cause"] == "rent_due" and one["to"] == f"party {ann.party}"]
        found = {one for one, words in SUBJECTS.items() if words in soon["subject"]}
        assert found == {language}, soon["subject"]
