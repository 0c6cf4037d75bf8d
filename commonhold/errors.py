"""What can go wrong, as one tree; the command turns each family into an exit code.

    CommonholdError          1   something unforeseen
    ├── InputError           2   a file, a value or an argument that has to be put right
    ├── SettingsError        3   the configuration, the data folder or a program is missing or wrong
    │   └── StoreError       3   the local store cannot be opened or belongs to another chain
    ├── ChainError           4   the node, or an explorer, does not answer; or it is of another chain
    ├── RefusedError         5   a contract refused; carries the decoded custom error
    ├── SigningError         6   a key, a password or a signature is missing or wrong
    ├── PartlyDoneError      7   some items went through and some did not; doing it again continues
    ├── TwinError            8   the contracts and their twin say different figures: one of them is wrong
    └── NotIssuedError       9   a receipt of a bill that the run's root does not hold

Exit code 0 is success, 130 is Ctrl-C. Code 2 is also what the command line answers to unknown options.
Every error says in `message` what is wrong and in `hint` what to do about it.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

EXIT_DONE: Final = 0
EXIT_INTERRUPTED: Final = 130


class CommonholdError(Exception):
    """The root. message: what is wrong, in words for the person who runs the command. hint: what to do."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message

    def as_json(self) -> dict[str, Any]:
        """One shape for every error, for `--json` and for the web."""
        return {
            "error": type(self).__name__,
            "message": self.message,
            "hint": self.hint,
            "exit_code": self.exit_code,
        }


class InputError(CommonholdError):
    """A file, a value or an argument has to be put right; nothing was changed."""

    exit_code = 2


class SettingsError(CommonholdError):
    """The configuration, the data folder or a needed program is missing or wrong."""

    exit_code = 3


class StoreError(SettingsError):
    """The local store cannot be opened, is newer than this program, or belongs to another chain."""


class ChainError(CommonholdError):
    """The node does not answer, answers nonsense, or is not the chain that was expected."""

    exit_code = 4


class RefusedError(CommonholdError):
    """A contract refused and nothing was changed.

    contract: its name. error: the custom error's name, such as "LeaseTermsInvalid". values: its arguments.
    """

    exit_code = 5

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        contract: str,
        error: str,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, hint)
        self.contract = contract
        self.error = error
        self.values = dict(values or {})

    def as_json(self) -> dict[str, Any]:
        values = {
            name: value.hex() if isinstance(value, bytes) else value for name, value in self.values.items()
        }
        return {**super().as_json(), "contract": self.contract, "refusal": self.error, "values": values}


class SigningError(CommonholdError):
    """A keystore, a password or a signature is missing or wrong. Never carries a secret."""

    exit_code = 6


class PartlyDoneError(CommonholdError):
    """Some items went through and some did not; running the same command again continues.

    done, failed: how many.
    """

    exit_code = 7

    def __init__(self, message: str, hint: str = "", *, done: int, failed: int) -> None:
        super().__init__(message, hint)
        self.done = done
        self.failed = failed

    def as_json(self) -> dict[str, Any]:
        return {**super().as_json(), "done": self.done, "failed": self.failed}


class TwinError(CommonholdError):
    """The contracts and their independent twin do not agree to the base unit."""

    exit_code = 8


class NotIssuedError(CommonholdError):
    """A receipt speaks of a bill that no posted run holds."""

    exit_code = 9
