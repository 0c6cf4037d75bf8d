"""The wrappers: every method names a function of its contract and gives it what it takes."""

import inspect
from typing import Any, get_type_hints

import pytest

from commonhold.chain.call import Call
from commonhold.chain.connect import Connection, RpcError
from commonhold.chain.contracts import Contract, Suite
from commonhold.chain.contracts.bills import Adjustment, AdjustmentKind
from commonhold.chain.contracts.changes import Change, Proposal
from commonhold.chain.contracts.credit import Correction, Purpose
from commonhold.chain.contracts.escrow import DepositPhase
from commonhold.chain.contracts.forwarder import ForwardRequest
from commonhold.chain.contracts.parties import PartyKind
from commonhold.chain.contracts.token import Mandate
from commonhold.chain.contracts.units import UnitKind
from commonhold.chain.node import Node
from commonhold.chain.send import CallRefused, Sender
from commonhold.ops.deploy import deploy_local
from commonhold.ops.leases.typed import signable
from commonhold.ops.settle import Bills
from commonhold.rules.rent import ChangeKind
from commonhold.rules.score import FIRST
from commonhold.rules.tariff import Category, CategoryKind, PayeeMode
from tests.faults.kinds import Kind
from tests.faults.proxy import FaultProxy
from tests.package.ops.town import CMT, FAR, Person, Town

WALLET = "0x" + "12" * 20
LEAF = (1, 1, 2, 3, b"\x05" * 32, b"\x05" * 32)
INNER = Call(WALLET, b"\x01\x02", "Inner", "call")
# What a parameter is given, by its name and otherwise by its type.
BY_NAME: dict[str, Any] = {
    "call": INNER,
    "mandate": Mandate(10_000, 1, 700),
    "proposal": Proposal(Change(ChangeKind.RENT, 1, day=5, amount=6), False, b"\x01" * 32, 1, FAR),
    "request": ForwardRequest(WALLET, WALLET, 0, 1, FAR, b"", b"\x01" * 65),
    "kind": UnitKind.HOME,
    "selectors": [b"\x01\x02\x03\x04"],
    "evidence": [b"\x02" * 32],
    "signatures": [b"\x03" * 65],
    "guardians": [1, 2],
    "correction": Correction(1, False, 2, 672, 1, 9, b"\x01" * 32),
    "parameters": FIRST,
    "permits": [],
    "bill": LEAF,
    "bills": [LEAF],
    "proof": [b"\x05" * 32],
    "proofs": [[b"\x05" * 32]],
    "adjustment": Adjustment(7, AdjustmentKind.WAIVER, 5, 6, b"\x07" * 32),
    "posted": (b"\x06" * 32, 7, 1, b"\x06" * 32),
}
SIZED = {
    *("identity", "citation", "purpose", "memo_hash", "payout_hash", "bank_reference", "topic"),
    *("commitment", "reason_hash", "proposal_id", "terms_hash", "digest", "decision_hash", "statement_hash"),
    "root",
}


def _value(name: str, kind: Any) -> Any:
    if name in BY_NAME:
        return BY_NAME[name]
    if kind is Category:
        return Category(CategoryKind.POSTED, 1)
    if kind is PayeeMode:
        return PayeeMode.COMMISSION
    if kind is Purpose:
        return Purpose.LENDING
    if name in SIZED or (kind is bytes and name.endswith("_hash")):
        return b"\x04" * 32
    if kind is bool:
        return True
    if kind is int:
        return 3
    if kind is str:
        return WALLET
    if kind is bytes:
        return b"\x05" * 65
    if kind is PartyKind:
        return PartyKind.PERSON
    return [1, 2]


@pytest.fixture(scope="module")
def people(built: Town) -> list[Person]:
    return built.people(2, funds=5_000 * CMT)


def _writers(contract: Contract) -> list[str]:
    return [
        name
        for name, method in inspect.getmembers(type(contract), inspect.isfunction)
        if not name.startswith("_") and name != "call" and get_type_hints(method).get("return") is Call
    ]


def test_every_write_is_a_call_of_a_function_of_its_contract(built: Town, people: list[Person]) -> None:
    count = 0
    terms = built.terms(people[0], [people[1]])
    for contract in built.suite.contracts:
        for name in _writers(contract):
            method = getattr(contract, name)
            hints = get_type_hints(method)
            arguments = {
                parameter: terms if parameter == "terms" else _value(parameter, hints[parameter])
                for parameter in inspect.signature(method).parameters
            }
            call = method(**arguments)
            function = contract.artifact.function(call.function)
            assert (call.to, call.contract) == (contract.address, contract.NAME), name
            assert call.data[:4] == function.selector and not function.view, name
            assert function.name.lower() == name.replace("_", ""), name
            function.inputs.decode(call.data[4:])
            count += 1
    assert count > 60


def test_views_answer_plain_values(built: Town, people: list[Person]) -> None:
    suite, (ann, ben) = built.suite, people
    lease = built.lease(ann, [ben])
    assert (
        suite.parties.party_of(ann.wallet) == ann.party and suite.parties.wallet_of(ann.party) == ann.wallet
    )
    assert suite.parties.kind_of(ann.party) == PartyKind.PERSON
    assert suite.parties.link_nonce(ann.wallet) == 1 == suite.parties.link_nonces([ben.wallet])[0]
    unit = suite.leases.terms_of(lease).unit
    assert suite.units.owner_party_of(unit) == ann.party and suite.units.user_party_of(unit) == ben.party
    assert suite.units.details_of(unit).area == 8_900 and suite.units.leased_until(unit)[0] == lease
    assert suite.token.balances_of([ann.wallet]) == [5_000 * CMT]
    assert suite.token.total_supply() == 10_000 * CMT and suite.token.is_suite(suite.leases.address)
    assert suite.token.mandate_of(ann.wallet) == (Mandate(0, 0, 0, False), 0, 0)
    assert suite.token.mandate_nonce(ann.wallet) == 0
    assert suite.escrow.review_of(lease).phase in (DepositPhase.NONE, DepositPhase.HELD)
    assert suite.escrow.deposits_of([lease]) == [0] == [suite.escrow.held()] == [suite.escrow.owed(1)]
    assert suite.leases.held() == suite.leases.owed(1) == suite.leases.landlord_debt(lease, ben.party) == 0
    assert suite.changes.default_notice_of(lease) == (0, 0)
    assert suite.recovery.ready_at(1) == suite.recovery.recovery_nonce(ann.wallet) == 0
    assert suite.attestations.issuer_for(b"\x01" * 32, 1) == 0
    assert suite.access.admin_delay() == 86_400 and suite.access.setup_until() > 0
    assert suite.utc_offset == 28_800


def test_a_view_that_a_contract_refuses_is_told_by_its_error(built: Town) -> None:
    with pytest.raises(CallRefused, match="LeaseUnknown"):
        built.suite.leases.terms_of(999)


def test_hashes_for_acceptances_are_the_contracts(built: Town, people: list[Person]) -> None:
    lease = built.lease(people[0], [people[1]])
    changes = built.suite.changes
    proposal = Proposal(
        Change(ChangeKind.RENT, lease, day=built.today, amount=CMT),
        False,
        bytes(32),
        changes.version_of(lease, ChangeKind.RENT),
        FAR,
    )
    assert len(changes.hash_proposal(proposal)) == 32
    assert changes.hash_acceptance(proposal, people[0].party) != changes.hash_acceptance(
        proposal, people[1].party
    )


def test_a_signed_request_is_carried_out_for_a_resident_without_coin(
    built: Town, people: list[Person]
) -> None:
    ann = people[0]
    forwarder = built.suite.forwarder
    call = built.suite.token.set_mandate(built.mandate(1_000 * CMT))
    typed = forwarder.typed_data(ann.wallet, call, gas=200_000, deadline=FAR)
    signature = bytes(ann.account.sign_message(signable(typed)).signature)
    request = ForwardRequest(ann.wallet, str(call.to), 0, 200_000, FAR, call.data, signature)
    assert forwarder.verify(request)
    built.connection.call("anvil_setBalance", ann.wallet, "0x0")
    Sender(built.connection, built.sender("STAFF").signer).send(forwarder.execute(request))
    assert built.suite.token.mandate_of(ann.wallet)[0].limit == 1_000 * CMT
    assert not forwarder.verify(request)


def test_events_of_a_receipt_come_from_every_contract_in_order(built: Town, people: list[Person]) -> None:
    item = built.item("x", people[0], [people[1]])
    call = built.signed(item, people).call(built.suite)
    receipt = built.sender("MANAGER").send(call)
    names = [event.name for event in built.suite.events_in(receipt)]
    assert names.index("LeaseActivated") < names.index("UnitOccupied")
    (event,) = built.suite.leases.events_in(receipt, "LeaseActivated")
    assert built.suite.leases.events("LeaseActivated", first=receipt.block)[-1] == event
    assert built.suite.token.events_in(receipt, "LeaseActivated") == []


def test_N13_a_node_that_refuses_long_ranges_is_asked_in_halves(built: Town, people: list[Person]) -> None:
    item = built.item("y", people[0], [people[1]])
    built.activate(item, people)
    expected = built.suite.leases.events()
    too_much = {"error": {"code": -32005, "message": "query returned more than 10000 results"}}
    with FaultProxy(built.connection.url) as faulty:
        leases = Suite(Connection(faulty.url), built.deployment.addresses).leases
        faulty.next("eth_getLogs", *[lambda _: too_much] * 3)
        assert leases.events() == expected and len(expected) > 0
        assert faulty.count("eth_getLogs") == 7
        faulty.always(Kind.CHANGED, "eth_getLogs", change=lambda _: too_much)
        with pytest.raises(RpcError, match="more than 10000"):
            leases.events(first=3, last=3)


def test_N13_no_log_is_asked_for_of_blocks_before_the_first_contract() -> None:
    """A network has millions of them, and nodes that answer for some hundreds at once."""
    with Node() as node, FaultProxy(node.rpc_url) as faulty:
        Connection(node.rpc_url).call("anvil_mine", "0x400")
        faulty.always(Kind.RANGE_LIMIT, "eth_getLogs", limit=500)
        deployment = deploy_local(faulty.url)
        assert deployment.begin > 0x400 and faulty.count("eth_getLogs") == 1, "for the members of the roles"
        suite = deployment.suite(Connection(faulty.url))
        assert suite.access.events("RoleGranted")[0].block >= deployment.begin == suite.leases.begin
        assert Bills(suite).ids(suite.connection.block_number()) == [] and faulty.count("eth_getLogs") == 3
