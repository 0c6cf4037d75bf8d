"""Messages to a program of the office by HTTP: signed, to public addresses unless it is allowed otherwise.

The receiver verifies `Commonhold-Signature: t=<unix>,v1=<hex>`, where v1 is HMAC-SHA256 of "<t>.<body>" with
the shared secret, and drops a request whose `Idempotency-Key` it has seen: a request with a lost answer comes
again under the same key.
"""

import hashlib
import hmac
import ipaddress
import json
import socket
import time
from collections.abc import Callable
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from commonhold.chain.connect import shown_url
from commonhold.errors import SettingsError
from commonhold.ops.outbox.ways import NotSent, Parcel, Unknown
from commonhold.settings import Notify

_TIMEOUT: Final = 30  # [s]
_LATER: Final = (408, 425, 429, 503)
_SECRET_LEAST: Final = 16


class _Checked:
    """Looks where a connection has led before anything is sent on it, so that no name can lead elsewhere
    between a check and a request."""

    def _new_conn(self) -> socket.socket:
        made: socket.socket = super()._new_conn()  # type: ignore[misc]
        if not is_public(made.getpeername()[0]):
            made.close()
            raise NewConnectionError(self, "the address is not public")  # type: ignore[arg-type]
        return made


class _CheckedHTTP(_Checked, HTTPConnection):
    pass


class _CheckedHTTPS(_Checked, HTTPSConnection):
    pass


class _PoolHTTP(HTTPConnectionPool):
    ConnectionCls = _CheckedHTTP


class _PoolHTTPS(HTTPSConnectionPool):
    ConnectionCls = _CheckedHTTPS


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **values: Any) -> None:
        super().init_poolmanager(*arguments, **values)
        self.poolmanager.pool_classes_by_scheme = {"http": _PoolHTTP, "https": _PoolHTTPS}


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return bool((mapped or found).is_global) and not found.is_multicast


class Webhook:
    """An address that messages are posted to. It drops doubles, so a lost answer is tried again."""

    name: ClassVar[str] = "webhook"
    drops_doubles: ClassVar[bool] = True

    def __init__(self, settings: Notify, secret: str, clock: Callable[[], float] = time.time) -> None:
        """Raises SettingsError for an address or a secret that will not do. clock: the present [unix]"""
        parts = urlsplit(settings.webhook)
        schemes = ("https", "http") if settings.allow_private else ("https",)
        if parts.scheme not in schemes or not parts.hostname or parts.username is not None:
            raise SettingsError(
                f"notify.webhook {shown_url(settings.webhook)} cannot be used.",
                "Write https://host/path; http only with allow_private = true, and never a user in it.",
            )
        if len(secret) < _SECRET_LEAST:
            raise SettingsError(
                f"The webhook needs a shared secret of at least {_SECRET_LEAST} characters.",
                'Write [notify] webhook_secret = "…" into commonhold.secret.toml, and chmod 600 it.',
            )
        self.url = settings.webhook
        self._secret, self._clock = secret, clock
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, which would look the name up by itself
        if not settings.allow_private:
            self._session.mount("https://", _Adapter())
            self._session.mount("http://", _Adapter())

    def send(self, parcel: Parcel) -> None:
        message = {
            "id": parcel.token,
            "cause": parcel.cause,
            "to": parcel.address,
            "subject": parcel.subject,
            "body": parcel.body,
        }
        body = json.dumps(message, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": parcel.token,
            "Commonhold-Signature": signature(self._secret, int(self._clock()), body),
        }
        try:
            answer = self._session.post(
                self.url, data=body, headers=headers, timeout=_TIMEOUT, allow_redirects=False, stream=True
            )
            answer.close()
        except requests.ConnectTimeout:
            raise NotSent("the webhook did not take the connection in time") from None
        except requests.ConnectionError as error:
            if "not public" in str(error):
                what = "the webhook leads to this computer or a private network, which is not allowed"
                raise NotSent(what, for_good=True) from None
            if _never_connected(error):
                raise NotSent("the webhook cannot be reached") from None
            raise Unknown("the connection to the webhook broke off") from None
        except requests.RequestException as error:
            raise Unknown(f"no usable answer from the webhook ({type(error).__name__})") from None
        self._judge(answer.status_code)

    @staticmethod
    def _judge(status: int) -> None:
        if 200 <= status < 300:
            return
        if status in _LATER:
            raise NotSent(f"the webhook answers {status}")
        if 300 <= status < 400:
            raise NotSent(f"the webhook answers {status}; redirections are not followed", for_good=True)
        if status < 500:
            raise NotSent(f"the webhook answers {status}", for_good=True)
        raise Unknown(f"the webhook answers {status}")


def signature(secret: str, moment: int, body: bytes) -> str:
    """What the receiver computes again. moment [unix]"""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def _never_connected(error: requests.ConnectionError) -> bool:
    inner = error.args[0] if error.args else None
    return isinstance(getattr(inner, "reason", inner), NewConnectionError)
