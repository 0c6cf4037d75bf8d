"""Carrying out the plan of a deployment: some transactions at a time, whatever was done before.

Contracts come first, each with the number that its address was computed from, then the calls that join them.
What is signed is in the journal before it is sent, so after a crash the same bytes are sent again; what a
reorganisation took back is sent again too; nothing gets a second transaction while the first may be mined.
"""

import contextlib
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from commonhold.chain.artifacts import load
from commonhold.chain.contracts.access import CommunityAccess
from commonhold.chain.journal import Journal
from commonhold.chain.receipts import TransactionLost
from commonhold.chain.send import Order, Sender
from commonhold.chain.signing import OutsideSigner
from commonhold.chain.transit import NumberMissing
from commonhold.errors import ChainError, RefusedError
from commonhold.ops.deploy.plan import Plan
from commonhold.ops.deploy.steps import Standing, State, receipts_of, standings

Progress = Callable[[str, int, int], None]  # what is done, how many steps of how many
# Transactions on their way at once: public nodes keep at least 16 of one account.
AT_ONCE: Final = 8
_ROUNDS: Final = 5  # of sending the same again before it is given up


class DeploymentStuck(ChainError):
    """A step of an interrupted deployment can no longer take its place."""


def carry_out(sender: Sender, journal: Journal, plan: Plan, progress: Progress | None) -> list[Standing]:
    """Until every step is done and buried. Raises DeploymentStuck, and what sending raises."""
    for _ in range(_ROUNDS):
        found = _advance(sender, journal, plan, progress)
        bury(sender)
        again = standings(sender.connection, plan, journal.entries())
        if [one.receipt and one.receipt.block_hash for one in again] == [
            one.receipt and one.receipt.block_hash for one in found
        ]:
            return again
    raise TransactionLost(
        f"The chain took steps back {_ROUNDS} times while they were waited for.",
        "Wait until it is calm, then run `commonhold deploy resume`.",
    )


def bury(sender: Sender) -> None:
    """Wait until all are buried, and send again what was taken back meanwhile. Where that lies before what
    the journal knows as unfinished, the chain is asked about every step next."""
    with contextlib.suppress(NumberMissing):
        sender.resume()


def _advance(sender: Sender, journal: Journal, plan: Plan, progress: Progress | None) -> list[Standing]:
    """Until every step is on the chain."""
    before, rounds = -1, 0
    while True:
        found = standings(sender.connection, plan, journal.entries())
        done = _count(found)
        if progress is not None:
            progress(_label(found), done, len(found))
        if done == len(found):
            return found
        rounds = rounds + 1 if done == before else 0
        if rounds > _ROUNDS:
            raise TransactionLost(
                f"{_label(found)} was sent {_ROUNDS} times and is not on the chain.",
                "Look at the node, then run `commonhold deploy resume`.",
            )
        before = done
        _refuse_stuck(plan, found)
        waiting = [one for one in found if one.state is State.SENT]
        if waiting:
            _finish(sender, journal, waiting)
            continue
        try:
            _send(sender, plan, [one for one in found if one.state is not State.DONE])
        except (RefusedError, TransactionLost):
            if _count(standings(sender.connection, plan, journal.entries())) >= done:
                raise
            # a reorganisation took away in this moment what the step needs, or a number before its own: back
            # to where it is now


def _count(found: Sequence[Standing]) -> int:
    return sum(one.state is State.DONE for one in found)


def _label(found: Sequence[Standing]) -> str:
    return next((one.step.call.label for one in found if one.state is not State.DONE), "done")


def _refuse_stuck(plan: Plan, found: Sequence[Standing]) -> None:
    for one in found:
        number = plan.first_nonce + one.index
        if one.state is State.TAKEN:
            raise DeploymentStuck(
                f"{plan.deployer} used its number {number} for something else than {one.step.creates}.",
                "If that was this contract, sent from elsewhere: `commonhold deploy track-tx HASH`. "
                "Otherwise its address is lost; begin anew with --fresh.",
            )
        if one.state is State.FAILED and one.step.creates is not None:
            raise DeploymentStuck(
                f"{one.step.creates} was mined in {one.hash} but reverted.",
                "Its address is lost with its number; begin anew with --fresh.",
            )


def _finish(sender: Sender, journal: Journal, waiting: Sequence[Standing]) -> None:
    """The same bytes once more; what was sent elsewhere is waited for."""
    versions = [version for one in waiting for version in one.versions]
    written_off = {version.hash for version in versions} & _done_with(journal)
    if written_off:
        journal.append([{"kind": "lost", "hash": hash_} for hash_ in sorted(written_off)])
    entries = [version.entry for version in versions if version.entry is not None]
    if entries:
        sender.finish(entries)
        return
    sender.resume()  # asks what wallets outside did
    if not written_off:
        _wait_for(sender, [version.hash for version in versions])


def _done_with(journal: Journal) -> set[str]:
    """What the journal believes mined: the chain has just said otherwise."""
    unfinished = {entry["hash"] for entry in journal.unfinished()}
    dropped = {entry["hash"] for entry in journal.entries("dropped")}
    return {entry["hash"] for entry in journal.entries("signed")} - unfinished - dropped


def _wait_for(sender: Sender, hashes: Sequence[str]) -> None:
    end = time.monotonic() + sender.waiting.timeout
    while not receipts_of(sender.connection, hashes):
        if time.monotonic() >= end:
            raise TransactionLost(
                f"{', '.join(hashes)}, sent elsewhere, was not mined within {sender.waiting.timeout:g} s.",
                "Speed it up where it was sent, or run `commonhold deploy resume` later.",
            )
        time.sleep(sender.waiting.poll)


def _send(sender: Sender, plan: Plan, missing: Sequence[Standing]) -> None:
    """The next few: contracts with their own numbers, calls with the next free ones."""
    first = missing[0]
    at_once = 1 if isinstance(sender.signer, OutsideSigner) else AT_ONCE
    if first.step.creates is not None:
        row = itertools.takewhile(
            lambda pair: pair[1].step.creates is not None and pair[1].index == first.index + pair[0],
            enumerate(missing[:at_once]),
        )
        sender.send_at([one.step.call for _, one in row], plan.first_nonce + first.index)
        return
    _refuse_late(sender, plan)
    orders = [Order(sender.signer, one.step.call) for one in missing[:at_once]]
    # a reorganisation may have taken a contract back since: nothing takes its number
    after = plan.first_nonce + sum(step.creates is not None for step in plan.steps)
    sender.send_many(orders, depth=0, least=after)


def _refuse_late(sender: Sender, plan: Plan) -> None:
    """After its first day CommunityAccess makes an ADMIN announce everything long before."""
    access = CommunityAccess(sender.connection, plan.addresses["CommunityAccess"])
    if sender.connection.block().time >= access.setup_until():
        raise DeploymentStuck(
            "The day of set-up, which began with CommunityAccess, is over: rules now wait for their delays.",
            "Begin anew with --fresh.",
        )


def refuse_other_code(sender: Sender, plan: Plan) -> None:
    """Raises DeploymentStuck unless every contract has the code of its artifact."""
    names = list(plan.addresses)
    codes = sender.connection.codes([plan.addresses[name] for name in names])
    for name, code in zip(names, codes, strict=True):
        if not load(name).is_code(code, plan.addresses):
            raise DeploymentStuck(
                f"The code at {plan.addresses[name]} is not that of {name}.",
                "Nothing of it is used. Was it compiled otherwise? Begin anew with --fresh.",
            )


def creations_in(found: Sequence[Standing]) -> Mapping[str, Any]:
    """Contract -> receipt of the transaction that created it."""
    return {
        one.step.creates: one.receipt
        for one in found
        if one.step.creates is not None and one.receipt is not None
    }
