"""What is said on the line to a mail server or a webhook when it does not want, or cannot, go on.

mail: refused at once · the sender refused for now and for good · user or password refused · encryption
offered and refused, or broken · an encrypted port that is none · settings that are no server and no address
webhook: no answer in time · left behind by a program that was killed
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from commonhold.errors import SettingsError
from commonhold.ops.outbox.deliver import Ways, deliver, messages
from commonhold.ops.outbox.mail import Mail
from commonhold.ops.outbox.ways import NotSent, Parcel
from commonhold.ops.outbox.webhook import Webhook
from commonhold.settings import Notify
from commonhold.store import Store
from commonhold.store.outbox import Message, put
from tests.package.outbox.servers import Hook, MailServer, hook, mail_server

PASSWORD = "hunter2hunter2"
PARCEL = Parcel("key", "ann@example.org", "Subject", "Body\n", "rent_due")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def box() -> Iterator[Hook]:
    with hook() as running:
        yield running


def send(server: MailServer, *, user: str = "") -> NotSent:
    """Why a message is not sent."""
    settings = Notify(sender="office@example.org", smtp=f"127.0.0.1:{server.port}", user=user)
    with pytest.raises(NotSent) as caught:
        Mail(settings, PASSWORD).send(PARCEL)
    assert server.mails == [] and "hunter2" not in caught.value.why
    return caught.value


@pytest.mark.parametrize(
    ("word", "answer", "why"),
    [
        ("", "421 too busy", "the mail server cannot be used (code 421)"),
        ("MAIL", "451 not now", "the server refuses the sender (451 not now)"),
        ("MAIL", "550 not you", "the server refuses the sender (550 not you)"),
    ],
)
def test_a_server_that_wants_nothing_of_this_office_now_is_tried_again(
    server: MailServer, word: str, answer: str, why: str
) -> None:
    server.says[word] = answer
    refused = send(server)
    assert (refused.why, refused.for_good) == (why, False)


def test_a_password_that_is_refused_is_named_by_its_code_alone(server: MailServer) -> None:
    server.offers, server.says["AUTH"] = ("AUTH PLAIN",), f"535 {PASSWORD} is wrong"
    why = "the mail server cannot be used (it refuses the user or the password, code 535)"
    assert send(server, user="office").why == why


@pytest.mark.parametrize(("answers", "why"), [({"STARTTLS": "454 not today"}, "code 454"), ({}, "SSLError")])
def test_K2_encryption_that_is_offered_and_does_not_begin_ends_it_before_the_password(
    server: MailServer, answers: dict[str, str], why: str
) -> None:
    server.offers, server.says = ("STARTTLS", "AUTH PLAIN"), answers
    refused = send(server, user="office")
    assert refused.why == f"the mail server cannot be used ({why})" and not refused.for_good
    assert server.logins == []


def test_K2_a_port_that_should_be_encrypted_from_the_first_sign_gets_nothing_in_plain(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.offers = ("AUTH PLAIN",)
    monkeypatch.setattr("commonhold.ops.outbox.mail._SMTPS", server.port)  # a free one, for 465
    assert "SSLError" in send(server, user="office").why and server.logins == []


@pytest.mark.parametrize(
    ("smtp", "sender", "words"),
    [
        ("smtp.example.org", "office@example.org", "notify.smtp is 'smtp.example.org'"),
        (":25", "office@example.org", "notify.smtp is ':25'"),
        ("smtp.example.org:70000", "office@example.org", "notify.smtp is"),
        ("smtp.example.org:25", "The Office", "notify.sender is 'The Office'"),
    ],
)
def test_settings_that_are_no_server_or_no_address_are_refused(smtp: str, sender: str, words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Mail(Notify(smtp=smtp, sender=sender), "")
    assert words in str(caught.value) and "example.org" in caught.value.hint


def text(cause: str, audience: str, facts: object) -> tuple[str, str]:
    return "Subject", "Body"


def test_a_webhook_that_says_nothing_is_asked_again_under_the_same_key(
    box: Hook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commonhold.ops.outbox.webhook._TIMEOUT", 0.2)
    way = Webhook(Notify(webhook=box.url, allow_private=True), "a secret of more than sixteen")
    now = 1_772_500_000.0
    with Store.open(tmp_path / "data", clock=lambda: now) as store:
        with store.writing() as session:
            put(session, "k", "rent_due", "office", {}, int(now))
        box.plan.append(1)
        assert deliver(store, Ways(None, way), text).later == [1]
        assert messages(store)[0].error == "no usable answer from the webhook (ReadTimeout)"
        # and one that was being sent when its program was killed
        with store.writing() as session:
            session.get_one(Message, 1).state = "sending"
        now += 1_000_000
        assert deliver(store, Ways(None, way), text).sent == [1]
    assert len({headers["Idempotency-Key"] for headers, _ in box.requests}) == 1 and len(box.requests) == 2
