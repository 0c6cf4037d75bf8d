"""Leaves, trees and proofs of billing runs; the contract's side is tests/contracts/BillRuns/test_issue.py.

tree ── every leaf is proved, by at most ⌈log2 n⌉ neighbours; nothing else is
bill ── out of its bounds ── refused; key ── takes apart what it put together
"""

import dataclasses

import pytest
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from commonhold.rules.bills import Bill, BillRefused, Place, Tree, key_of, leaf_of, parts_of, proves

PLACE = Place(31337, "0x" + "11" * 20, 1, 7, 670)


def leaves(count: int) -> list[bytes]:
    return [keccak(text=str(i)) for i in range(count)]


@given(count=st.integers(1, 70))
def test_every_leaf_is_proved_and_no_other(count: int) -> None:
    tree = Tree(leaves(count))
    for index, leaf in enumerate(leaves(count)):
        proof = tree.proof(index)
        assert len(proof) <= max(1, (count - 1).bit_length())
        assert proves(tree.root, leaf, proof)
        assert not proves(tree.root, keccak(leaf), proof)
        if proof:
            assert not proves(tree.root, leaf, proof[:-1])
            assert not proves(tree.root, proof[0], proof)
    with pytest.raises(IndexError):
        tree.proof(count)


def test_a_run_of_nothing_and_a_bill_twice_are_refused() -> None:
    for wrong, words in (([], "at least one"), ([b"\1" * 32] * 2, "twice")):
        with pytest.raises(BillRefused, match=words):
            Tree(wrong)


def test_every_field_and_every_place_makes_another_leaf() -> None:
    bill = Bill(1, 1, 1, 1, bytes(32), bytes(32))
    found = {leaf_of(PLACE, bill)}
    changes = {"unit": 2, "version": 2, "party": 2, "amount": 2, "lines_hash": b"\1" * 32, "salt": b"\1" * 32}
    for name, value in changes.items():
        found.add(leaf_of(PLACE, dataclasses.replace(bill, **{name: value})))
    for name, other in {
        "chain_id": 1,
        "contract": "0x" + "22" * 20,
        "run": 2,
        "category": 8,
        "period": 1,
    }.items():
        found.add(leaf_of(dataclasses.replace(PLACE, **{name: other}), bill))
    assert len(found) == 12


@pytest.mark.parametrize(
    ("name", "value"),
    [("unit", 0), ("unit", 2**32), ("version", 2**16), ("party", 0), ("amount", 0), ("amount", 2**64)],
)
def test_a_bill_out_of_its_bounds_is_refused(name: str, value: int) -> None:
    values = {"unit": 1, "version": 1, "party": 1, "amount": 1}
    with pytest.raises(BillRefused, match=name):
        Bill(**{**values, name: value}, lines_hash=bytes(32), salt=bytes(32))
    with pytest.raises(BillRefused, match="32 are needed"):
        Bill(**values, lines_hash=b"", salt=bytes(32))


@given(parts=st.tuples(st.integers(1, 2**32 - 1), *[st.integers(0, 2**16 - 1)] * 3))
def test_ids_do_not_collide(parts: tuple[int, int, int, int]) -> None:
    assert parts_of(key_of(*parts)) == parts
    assert key_of(*parts) < 2**192
