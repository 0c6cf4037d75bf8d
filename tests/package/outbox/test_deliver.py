"""Messages leave once for one cause, whatever the servers and this program do.

mail: taken · refused for good · put off · cut off before and after it was taken · no encryption · addresses
webhook: signed · same key again after a lost answer · statuses · private addresses (W4) · redirections
outbox: one for a key · pauses and giving up · killed while sending · two programs · no way · retry, drop
"""

import email
import email.policy
import hashlib
import hmac
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from filelock import FileLock

from commonhold.errors import InputError, SettingsError, StoreError
from commonhold.ops.outbox.deliver import PAUSES, TRIES, Delivered, Ways, deliver, drop, messages, retry
from commonhold.ops.outbox.mail import Mail, is_address
from commonhold.ops.outbox.ways import NotSent, Parcel
from commonhold.ops.outbox.webhook import Webhook, is_public
from commonhold.settings import Notify
from commonhold.store import Store
from commonhold.store.outbox import Message, put
from commonhold.store.schema import Party
from tests.faults.processes import KILLED, moments, run_killed
from tests.package.outbox.servers import Hook, MailServer, hook, mail_server

SECRET = "a secret of more than sixteen"


class Clock:
    now = 1_772_500_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with Store.open(tmp_path / "data", clock=clock) as opened:
        with opened.writing() as session:
            session.add(Party(key="ann", kind="person", name="Ann", contact="ann@example.org", id=7))
            session.add(Party(key="ben", kind="person", name="Ben", contact="+86 10 1234", id=8))
        yield opened


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def box() -> Iterator[Hook]:
    with hook() as running:
        yield running


def mail(server: MailServer, **values: str) -> Mail:
    password = values.pop("password", "")
    return Mail(Notify(sender="office@example.org", smtp=f"127.0.0.1:{server.port}", **values), password)


def webhook(box: Hook, *, private: bool = True) -> Webhook:
    return Webhook(Notify(webhook=box.url, allow_private=private), SECRET)


def words(cause: str, audience: str, facts: Mapping[str, object]) -> tuple[str, str]:
    return f"About {cause} 房租", f"Dear {audience},\n.\n{facts['n']}\n"


def note(store: Store, key: str = "k", audience: str = "party 7") -> bool:
    with store.writing() as session:
        return put(session, key, "rent_due", audience, {"n": 1}, store.now())


def send(store: Store, **ways: Mail | Webhook | None) -> Delivered:
    return deliver(store, Ways(ways.get("mail"), ways.get("webhook"), "office@example.org"), words)  # type: ignore[arg-type]


def state(store: Store, number: int = 1) -> str:
    with store.reading() as session:
        return session.get_one(Message, number).state


def test_one_cause_is_one_message_and_is_sent_once(store: Store, server: MailServer) -> None:
    assert note(store) and not note(store) and note(store, "other", "office")
    assert send(store, mail=mail(server)).sent == [1, 2]
    assert send(store, mail=mail(server)) == Delivered()
    assert not note(store)
    assert [address for address, _ in server.mails] == ["ann@example.org", "office@example.org"]
    made = email.message_from_string(server.mails[0][1], policy=email.policy.default)
    assert made["Subject"] == "About rent_due 房租" and made["From"] == "office@example.org"
    assert made.get_content().replace("\r\n", "\n") == "Dear party 7,\n.\n1\n"
    assert made["Message-ID"].startswith("<") and made["Message-ID"].endswith("@example.org>")


@pytest.mark.parametrize(
    ("fault", "becomes", "taken"),
    [("refuse", "dead", 0), ("later", "waiting", 0), ("cut", "waiting", 0), ("lost", "unknown", 1)],
)
def test_what_a_mail_server_does_wrong_decides_what_becomes_of_a_message(
    store: Store, server: MailServer, clock: Clock, fault: str, becomes: str, taken: int
) -> None:
    note(store)
    server.plan.append(fault)
    send(store, mail=mail(server))
    assert (state(store), len(server.mails)) == (becomes, taken)
    assert send(store, mail=mail(server)) == Delivered()
    clock.now += 10 * 86_400
    send(store, mail=mail(server))
    assert state(store) == ("sent" if becomes == "waiting" else becomes)
    if becomes == "waiting":
        assert len(server.mails) == 1


def test_a_message_of_unknown_fate_goes_again_only_if_a_person_says_so_and_under_the_same_id(
    store: Store, server: MailServer
) -> None:
    note(store)
    server.plan.append("lost")
    assert send(store, mail=mail(server)).unknown == [1]
    assert [row.state for row in messages(store)] == ["unknown"]
    retry(store, [1])
    assert send(store, mail=mail(server)).sent == [1]
    ids = {email.message_from_string(content)["Message-ID"] for _, content in server.mails}
    assert len(server.mails) == 2 and len(ids) == 1


def test_tries_are_spread_and_end(store: Store, server: MailServer, clock: Clock) -> None:
    note(store)
    server.plan += ["later"] * TRIES
    for number in range(TRIES):
        report = send(store, mail=mail(server))
        assert (report.later, report.dead) == (([1], []) if number < TRIES - 1 else ([], [1]))
        if number < TRIES - 1:
            clock.now += PAUSES[number] - 1
            assert send(store, mail=mail(server)) == Delivered()
            clock.now += 1
    with pytest.raises(InputError, match="is unknown here"):
        retry(store, [9])
    drop(store, [1])
    clock.now += 10**6
    assert send(store, mail=mail(server)) == Delivered() and state(store) == "dropped"
    assert messages(store, ("dropped",))[0].key == "k"
    with pytest.raises(InputError, match="no state"):
        messages(store, ("lost",))


def test_who_has_no_address_is_told_by_the_webhook_or_not_at_all(
    store: Store, server: MailServer, box: Hook
) -> None:
    note(store, "a", "party 8")
    note(store, "b", "party 9")
    assert send(store, mail=mail(server)).dead == [1, 2]
    retry(store, [1])
    assert send(store, mail=mail(server), webhook=webhook(box)).sent == [1]
    assert json.loads(box.requests[0][1])["to"] == "party 8" and server.mails == []


def test_a_webhook_gets_a_signature_and_the_same_key_until_it_answers(
    store: Store, box: Hook, clock: Clock
) -> None:
    note(store, "k", "party 8")
    box.plan += [0, 503, 500, 204]
    for pause in (*PAUSES[:3], 0):
        send(store, webhook=webhook(box))
        clock.now += pause
    assert state(store) == "sent" and len(box.requests) == 4
    assert len({headers["Idempotency-Key"] for headers, _ in box.requests}) == 1
    assert len({body for _, body in box.requests}) == 1
    headers, body = box.requests[-1]
    moment, _, signed = headers["Commonhold-Signature"].removeprefix("t=").partition(",v1=")
    assert hmac.new(SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest() == signed


@pytest.mark.parametrize("status", [302, 400, 404, 410])
def test_a_webhook_that_says_no_is_not_asked_again(store: Store, box: Hook, status: int) -> None:
    note(store, "k", "party 8")
    box.plan.append(status)
    assert send(store, webhook=webhook(box)).dead == [1] and len(box.requests) == 1


def test_W4_a_webhook_never_leads_to_this_computer_or_a_private_network(box: Hook) -> None:
    with pytest.raises(SettingsError, match="https"):
        webhook(box, private=False)
    port = box.url.rsplit(":", 1)[1].split("/")[0]
    for host in ("127.0.0.1", "localhost", "[::1]", "0x7f000001", "127.1"):
        way = Webhook(Notify(webhook=f"https://{host}:{port}/in"), SECRET)
        with pytest.raises(NotSent) as caught:
            way.send(Parcel("k", "x", "s", "b"))
        assert "not allowed" in caught.value.why or "reached" in caught.value.why, host
        assert caught.value.for_good or host in ("[::1]",)
    assert box.requests == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
    ],
)
def test_W4_what_a_public_address_is(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_webhook_needs_a_real_secret_and_no_user_in_its_address() -> None:
    with pytest.raises(SettingsError, match="at least 16"):
        Webhook(Notify(webhook="https://example.org/in"), "short")
    with pytest.raises(SettingsError) as caught:
        Webhook(Notify(webhook="https://me:hunter2@example.org/in"), SECRET)
    assert "hunter2" not in str(caught.value)


def test_K2_a_password_goes_to_no_far_server_without_encryption_and_into_no_message(
    store: Store, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(store)
    server.offers = ("AUTH PLAIN",)
    here = mail(server, user="office", password="hunter2hunter2")
    assert send(store, mail=here).sent == [1] and len(server.logins) == 1
    monkeypatch.setattr("commonhold.ops.outbox.mail._is_here", lambda host: False)
    note(store, "other")
    assert send(store, mail=here).dead == [2]
    with store.reading() as session:
        assert "hunter2" not in session.get_one(Message, 2).error and len(server.logins) == 1


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("ann@example.org", True),
        ("Ann <ann@example.org>", False),
        ("ann@example.org, ben@example.org", False),
        ("ann@example.org\nBcc: x@example.org", False),
        ("+86 10 1234", False),
        ("@example.org", False),
        ("", False),
    ],
)
def test_one_plain_address_is_an_address(text: str, good: bool) -> None:
    assert is_address(text) is good


PROGRAM = """
import sys
from pathlib import Path
from commonhold.ops.outbox.deliver import Ways, deliver
from commonhold.store import Store
from tests.package.outbox.test_deliver import Mail, Notify, words
with Store.open(Path("data"), clock=lambda: 1_772_500_000.0) as store:
    mail = Mail(Notify(sender="office@example.org", smtp=f"127.0.0.1:{sys.argv[1]}"), "")
    deliver(store, Ways(mail, None), words)
"""


def test_a_program_killed_at_any_commit_sends_nothing_twice(
    store: Store, server: MailServer, tmp_path: Path
) -> None:
    argv = [sys.executable, "-c", PROGRAM, str(server.port)]
    note(store, "first")
    names = moments(argv, tmp_path, tmp_path / "log", on="commit")
    assert len(server.mails) == 1
    for number in range(1, len(names) + 1):
        note(store, f"again {number}")
        before = len(server.mails)
        assert run_killed(argv, tmp_path, at=number, on="commit").returncode == KILLED
        send(store, mail=mail(server))
        send(store, mail=mail(server))
        row = messages(store, ("sent", "unknown"))[-1]
        # sent once; or nobody knows, and a person is asked
        assert len(server.mails) - before == 1 or (row.state == "unknown" and len(server.mails) == before)


def test_two_programs_do_not_send_at_once(store: Store, server: MailServer) -> None:
    note(store)
    with FileLock(store.folder / "outbox.lock"), pytest.raises(StoreError, match="by another program"):
        send(store, mail=mail(server))
    assert server.mails == []
