"""What token, reserve and redemption desk should do, in plain Python: the model of the state machine.

Wallets and contracts go by name. Every act either changes the model or raises `Refused` with the name of the
custom error; the mandates' arithmetic is the package's own twin, `commonhold.rules.mandates.Purse`.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from enum import IntEnum

from commonhold.rules.calendar import month_of
from commonhold.rules.codes import Code
from commonhold.rules.mandates import Mandate, Purse

DAY = 86_400  # [s]
OFFSET = 28_800  # [s]
WEEK = 7 * DAY
RESIDENTS = ("ann", "ben", "cleo", "dora", "emil")
COLLECTORS = {"leases": 1, "fees": 2}
SUITE = (*COLLECTORS, "escrow", "reserve", "desk")


class Refused(Exception):
    """The contract must revert with this custom error."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class State(IntEnum):
    """Of a redemption."""

    REQUESTED = 1
    COMPLETED = 2
    REFUSED = 3
    TAKEN_BACK = 4


@dataclass
class Asset:
    """An outside token at the reserve."""

    decimals: int
    ceiling: int  # [cmt]
    net: int = 0  # [cmt]
    holds: int = 0  # [asset]
    purses: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # [asset]

    def scale(self) -> tuple[int, int]:
        """[cmt] = [asset] // divide × multiply."""
        return 10 ** max(6 - self.decimals, 0), 10 ** max(self.decimals - 6, 0)

    def owes(self) -> int:
        multiply, divide = self.scale()
        return self.net // multiply * divide


@dataclass
class Redemption:
    holder: str
    amount: int
    since: int  # [unix]
    state: State = State.REQUESTED


class MoneyModel:
    """The whole of a community's money."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.purses = {name: Purse() for name in (*RESIDENTS, *SUITE)}
        self.allowances: dict[tuple[str, str], int] = defaultdict(int)
        self.frozen = dict.fromkeys(RESIDENTS, 0)  # until [unix]
        self.held: set[str] = set()
        self.successor: dict[str, str] = {}
        self.assets: dict[str, Asset] = {}
        self.redemptions: list[Redemption] = []
        self.minted = self.burned = 0
        # TOK-3: what was collected under a mandate in a month, and its highest limit in that month
        self.collected: dict[tuple[str, int], int] = defaultdict(int)
        self.highest: dict[tuple[str, int], int] = defaultdict(int)

    # ---------------------------------------------------------------- looks

    @property
    def month(self) -> int:
        return month_of((self.now + OFFSET) // DAY)

    def balance(self, name: str) -> int:
        return self.purses[name].balance

    def newest(self, name: str) -> str:
        while name in self.successor:
            name = self.successor[name]
        return name

    def frozen_until(self, name: str) -> int:
        until = self.frozen.get(name, 0)
        return until if until > self.now else 0

    # ---------------------------------------------------------------- moving

    def _refuse_blocked(self, name: str, *, dues: bool = False) -> None:
        if name in self.successor:
            raise Refused("TokenWalletReplaced")
        if name in self.held:
            raise Refused("TokenRecoveryPending")
        if self.frozen_until(name) and not dues:
            raise Refused("TokenFrozen")

    def _need(self, name: str, amount: int) -> None:
        if self.balance(name) < amount:
            raise Refused("ERC20InsufficientBalance")

    def _move(self, sender: str, to: str, amount: int) -> None:
        self.purses[sender].balance -= amount
        self.purses[self.newest(to)].balance += amount

    def transfer(self, sender: str, to: str, amount: int) -> None:
        self._refuse_blocked(sender)
        self._need(sender, amount)
        if to in SUITE and sender not in SUITE:
            raise Refused("TokenRecipientIsSuite")
        self._move(sender, to, amount)

    def approve(self, owner: str, spender: str, amount: int) -> None:
        if owner in self.successor:
            raise Refused("TokenWalletReplaced")
        self.allowances[owner, spender] = amount

    def mint(self, to: str, amount: int) -> None:
        if to in SUITE:
            raise Refused("TokenRecipientIsSuite")
        self.purses[self.newest(to)].balance += amount
        self.minted += amount

    def burn(self, holder: str, amount: int) -> None:
        self._need(holder, amount)
        self.purses[holder].balance -= amount
        self.burned += amount

    # ---------------------------------------------------------------- mandates

    def set_mandate(self, name: str, limit: int, collectors: int, months: int, partial: bool) -> None:
        if name in self.successor:
            raise Refused("TokenWalletReplaced")
        if name in self.held:
            raise Refused("TokenRecoveryPending")
        self.purses[name].mandate = Mandate(limit, collectors, self.month + months, partial)
        self._note_limit(name)

    def revoke(self, name: str) -> None:
        self.purses[name].mandate = None

    def _note_limit(self, name: str) -> None:
        mandate = self.purses[name].mandate
        if mandate is not None:
            key = name, self.month
            self.highest[key] = max(self.highest[key], mandate.limit)

    def _take(self, name: str, amount: int, bit: int) -> tuple[Code, int]:
        self._note_limit(name)
        taken = self.purses[name].take(amount, bit, self.month)
        self.collected[name, self.month] += taken.amount
        return taken.code, taken.amount

    def collect(self, collector: str, items: list[tuple[str, int]]) -> list[tuple[Code, int]]:
        answers = [
            self._take(name, amount, COLLECTORS[collector]) if amount else (Code.NOTHING_DUE, 0)
            for name, amount in items
        ]
        self.purses[collector].balance += sum(amount for _, amount in answers)
        return answers

    def pull(self, contract: str, payer: str, amount: int) -> None:
        bit = COLLECTORS.get(contract, 0)
        answer = self.purses[payer].judge(amount, bit, self.month)
        covered = answer.code == Code.COLLECTED
        if not covered:
            if answer.code != Code.NO_FUNDS and self.allowances[payer, contract] < amount:
                raise Refused("ERC20InsufficientAllowance")
            self._need(payer, amount)
        self._refuse_blocked(payer, dues=bit != 0)
        if covered:
            self._take(payer, amount, bit)
            self.purses[contract].balance += amount
        else:
            self.allowances[payer, contract] -= amount
            self._move(payer, contract, amount)

    def pull_to(self, contract: str, payer: str, to: str, amount: int) -> None:
        if to not in SUITE:
            raise Refused("TokenNotSuite")
        self.pull(contract, payer, amount)
        self._move(contract, to, amount)

    def pull_for(self, contract: str, payer: str, amount: int, items: list[tuple[str, int]]) -> int:
        paid = [(name, part) for name, part in items if name not in SUITE]
        self.pull(contract, payer, amount)
        if sum(part for _, part in paid) > amount:
            raise Refused("ERC20InsufficientBalance")
        for name, part in paid:
            self._move(contract, name, part)
        return sum(1 << place for place, (name, part) in enumerate(items) if name in SUITE and part)

    def disburse(self, contract: str, items: list[tuple[str, int]]) -> int:
        paid = sum(amount for name, amount in items if name not in SUITE)
        self._need(contract, paid)
        for name, amount in items:
            if name not in SUITE:
                self._move(contract, name, amount)
        return sum(1 << place for place, (name, amount) in enumerate(items) if name in SUITE and amount)

    # ---------------------------------------------------------------- freezing and recovery

    def freeze(self, name: str, until: int) -> None:
        if name in self.successor:
            raise Refused("TokenWalletReplaced")
        self.frozen[name] = until

    def lift(self, name: str) -> None:
        self.frozen[name] = 0

    def hold(self, name: str, hold: bool) -> None:
        if name in self.successor:
            raise Refused("TokenReplacementInvalid")
        (self.held.add if hold else self.held.discard)(name)

    def replace(self, old: str, new: str) -> None:
        if old == new or old in self.successor or new in self.successor:
            raise Refused("TokenReplacementInvalid")
        before, after = self.purses[old], self.purses[new]
        if after.mandate is None and before.mandate is not None:
            after.mandate, after.spent, after.spent_month = before.mandate, before.spent, before.spent_month
            for book in (self.collected, self.highest):
                book[new, self.month] = book[old, self.month]
        after.balance += before.balance
        self.purses[old] = Purse()
        self.frozen[new] = max(self.frozen[new], self.frozen[old])
        self.held.discard(old)
        self.successor[old] = new

    # ---------------------------------------------------------------- reserve

    def enter(self, asset: Asset, name: str, paid: int) -> None:
        multiply, divide = asset.scale()
        if paid % divide:
            raise Refused("ReserveAmountInexact")
        amount = paid // divide * multiply
        if asset.net + amount > asset.ceiling:
            raise Refused("ReserveCeilingExceeded")
        if asset.purses[name] < paid:
            raise Refused("ReserveTransferFailed")
        self.mint(name, amount)
        asset.purses[name] -= paid
        asset.holds += paid
        asset.net += amount

    def exit(self, asset: Asset, name: str, amount: int) -> int:
        if amount > asset.net:
            raise Refused("ReserveExitTooLarge")
        multiply, divide = asset.scale()
        if amount % multiply:
            raise Refused("ReserveAmountInexact")
        value, owes = amount // multiply * divide, asset.owes()
        if asset.holds < owes:
            value = value * asset.holds // owes
        self.pull("reserve", name, amount)
        self.burn("reserve", amount)
        asset.net -= amount
        asset.holds -= value
        asset.purses[name] += value
        return value

    # ---------------------------------------------------------------- redemption

    def request(self, name: str, amount: int) -> None:
        self.pull("desk", name, amount)
        self.redemptions.append(Redemption(name, amount, self.now))

    def _open(self, number: int) -> Redemption:
        redemption = self.redemptions[number]
        if redemption.state != State.REQUESTED:
            raise Refused("RedemptionNotOpen")
        return redemption

    def complete(self, number: int) -> None:
        redemption = self._open(number)
        name = redemption.holder
        if name in self.held or name in self.successor or self.frozen_until(name):
            raise Refused("RedemptionHolderBlocked")
        self.burn("desk", redemption.amount)
        redemption.state = State.COMPLETED

    def refuse(self, number: int) -> None:
        redemption = self._open(number)
        self._move("desk", redemption.holder, redemption.amount)
        redemption.state = State.REFUSED

    def take_back(self, number: int, caller: str) -> None:
        redemption = self._open(number)
        if caller != self.newest(redemption.holder):
            raise Refused("RedemptionNotHolder")
        if self.now < redemption.since + WEEK:
            raise Refused("RedemptionTooEarly")
        self._move("desk", redemption.holder, redemption.amount)
        redemption.state = State.TAKEN_BACK

    def held_for_redemption(self) -> int:
        return sum(item.amount for item in self.redemptions if item.state == State.REQUESTED)
