"""What a mandate answers, as far as the logs tell: which reason codes fit what was asked and what came."""

from typing import Final

from commonhold.ops.audit.moment import Moment
from commonhold.ops.audit.money import TokenBook
from commonhold.rules.codes import Code

_FAILED: Final = (Code.NO_MANDATE, Code.LIMIT_EXCEEDED, Code.MANDATE_EXPIRED, Code.NO_FUNDS, Code.NO_WALLET)


def fitting(token: TokenBook, wallet: str, collector: str, asked: int, got: int, moment: Moment) -> set[Code]:
    """The codes for `asked` of which only `got` came, less than all of it. [cmt]

    A purse may have been used for other items since, so that a limit and an empty wallet cannot always be
    told apart."""
    if got:
        purse = token.purse(wallet)
        partial = purse.mandate is not None and purse.mandate.allow_partial
        return {Code.PARTIAL} if partial and not min(purse.left(moment.month), purse.balance) else set()
    code = token.would_pay(wallet, collector, asked, moment)
    if code in (Code.NO_FUNDS, Code.LIMIT_EXCEEDED):
        return {Code.NO_FUNDS, Code.LIMIT_EXCEEDED}
    return {code} if code in _FAILED else set()
