"""How a message leaves, and what can come of it."""

import hashlib
from dataclasses import dataclass
from typing import ClassVar, Protocol


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message to one address, the same bytes at every try. key: of its cause."""

    key: str
    address: str
    subject: str
    body: str
    cause: str = ""

    @property
    def token(self) -> str:
        """Names the message to the other side, the same at every try: 32 hex digits."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:32]


class NotSent(Exception):
    """The other side has not taken it, for certain. for_good: trying again cannot help."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.for_good = for_good


class Unknown(Exception):
    """The answer was lost after the message had been handed over: it may have arrived."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Way(Protocol):
    """A way by which messages leave.

    name: mail or webhook. drops_doubles: whether the other side undertakes to drop a second copy by its
    token, so that a message with an unknown outcome may be sent again.
    """

    name: ClassVar[str]
    drops_doubles: ClassVar[bool]

    def send(self, parcel: Parcel) -> None:
        """Raises NotSent, Unknown."""
