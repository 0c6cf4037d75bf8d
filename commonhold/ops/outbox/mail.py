"""Messages by e-mail. The password is never on a line to a far server that is not encrypted."""

import contextlib
import ipaddress
import smtplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from typing import ClassVar, Final

from commonhold.errors import SettingsError
from commonhold.ops.outbox.ways import NotSent, Parcel, Unknown
from commonhold.settings import Notify

_TIMEOUT: Final = 30  # [s]
_SMTPS: Final = 465


class Mail:
    """An SMTP server. With a lost answer a message is unknown: nothing surely drops a second copy of mail."""

    name: ClassVar[str] = "mail"
    drops_doubles: ClassVar[bool] = False

    def __init__(self, settings: Notify, password: str) -> None:
        """password: of the user in the settings. Raises SettingsError for an address that is none."""
        host, _, port = settings.smtp.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65_536:
            raise SettingsError(
                f"notify.smtp is {settings.smtp!r}.", 'Write host and port: smtp = "smtp.example.org:587".'
            )
        if not is_address(settings.sender):
            raise SettingsError(
                f"notify.sender is {settings.sender!r}.",
                'Write an address: sender = "office@example.org".',
            )
        self._host, self._port = host.strip("[]"), int(port)
        self._sender, self._user = settings.sender, settings.user
        self._password = password

    def send(self, parcel: Parcel) -> None:
        content = self.message(parcel).as_bytes(policy=SMTP)
        try:
            with self._server() as server:
                code, answer = server.mail(self._sender)
                if code != 250:  # the office's own matter, to be put right while the message waits
                    raise NotSent(f"the server refuses the sender ({code} {_words(answer)})")
                code, answer = server.rcpt(parcel.address)
                if code not in (250, 251):
                    what = f"the server refuses the address ({code} {_words(answer)})"
                    raise NotSent(what, for_good=code >= 500)
                self._hand_over(server, content)
        except (smtplib.SMTPException, OSError) as error:
            raise NotSent(f"the mail server cannot be used ({_said(error)})") from None

    def message(self, parcel: Parcel) -> EmailMessage:
        """The message as it is sent, with an id that every try repeats."""
        made = EmailMessage()
        made["From"], made["To"], made["Subject"] = self._sender, parcel.address, parcel.subject
        made["Message-ID"] = f"<{parcel.token}@{self._sender.rpartition('@')[2]}>"
        made["Date"] = formatdate(localtime=False)
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(parcel.body)
        return made

    @contextlib.contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        """A server that is logged in to."""
        context = ssl.create_default_context()
        if self._port == _SMTPS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=_TIMEOUT, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=_TIMEOUT)
        try:
            server.ehlo()
            secret = self._port == _SMTPS
            if not secret and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
                secret = True
            if self._user:
                if not secret and not _is_here(self._host):
                    what = "the mail server offers no encryption, and a password is set"
                    raise NotSent(what, for_good=True)
                server.login(self._user, self._password)
            yield server
        finally:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    @staticmethod
    def _hand_over(server: smtplib.SMTP, content: bytes) -> None:
        """From here on a lost answer tells nothing."""
        answer: bytes | str
        try:
            code, answer = server.data(content)
        except smtplib.SMTPDataError as error:
            code, answer = error.smtp_code, error.smtp_error
        except (smtplib.SMTPException, OSError) as error:
            raise Unknown(f"the mail server broke off while it took the message ({_said(error)})") from None
        if code != 250:
            raise NotSent(f"the server refuses the message ({code} {_words(answer)})", for_good=code >= 500)


def is_address(text: str) -> bool:
    """Whether a text is one plain e-mail address."""
    _, found = parseaddr(text)
    name, at, host = found.rpartition("@")
    return (
        found == text and bool(name and at and host) and found.isascii() and not set(found) & set(' "<>,;:\\')
    )


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _words(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:120]


def _said(error: Exception) -> str:
    """What went wrong, without anything that was sent."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"it refuses the user or the password, code {error.smtp_code}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"code {error.smtp_code}"
    return type(error).__name__
