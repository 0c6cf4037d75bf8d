"""Sender: simulate, cap, send, wait, check; one call and hundreds.

Branches of send: works · refused before sending · gas given, mined and reverted, by another one of its block,
out of gas · no key · fee above the cap, falls in time · gas above the cap · node's other error · number
insisted on and used · published key elsewhere. Of send_many: all work · refusal with check, without · mined
failure with check, without · more than one array · several signers · node's own account · no orders.
"""

import threading
import time

import pytest
from eth_abi.abi import encode
from eth_account import Account
from eth_utils.crypto import keccak

from commonhold.chain.call import Call
from commonhold.chain.connect import Connection, RpcError
from commonhold.chain.send import (
    GWEI,
    CallRefused,
    DevAccount,
    Fees,
    FeeTooHigh,
    Order,
    Sender,
    TransactionFailed,
    TransactionLost,
    Waiting,
)
from commonhold.chain.signing import KeyRefused, dev_account
from commonhold.errors import ChainError, SigningError
from tests.faults.kinds import Kind
from tests.faults.proxy import FaultProxy
from tests.package.chain.conftest import pay

SOMEBODY = "0x" + "22" * 20
REFUSAL = keccak(text="LeaseAmountZero()")[:4]


def _refused(echo: str) -> Call:
    return Call(echo, REFUSAL, "LeaseAgreement", "pay")


def _deaf(echo: str, faulty: FaultProxy) -> None:
    """The node says that the next call works, though it does not."""
    faulty.next("eth_call", lambda _: {"result": "0x", "error": None})
    faulty.next("eth_estimateGas", lambda _: {"result": "0x30000", "error": None})


def test_a_call_that_works_is_mined_and_its_receipt_says_so(connection: Connection) -> None:
    sender = Sender(connection, dev_account(0))
    before = connection.balance(SOMEBODY)
    receipt = sender.send(pay(SOMEBODY, 5))
    assert receipt.ok and receipt.sender.lower() == dev_account(0).address.lower()
    assert receipt.gas_used == 21_000 and receipt.price <= sender.fees.cap
    assert connection.balance(SOMEBODY) == before + 5


def test_a_call_that_a_contract_refuses_is_not_sent_and_says_why(connection: Connection, echo: str) -> None:
    sender = Sender(connection, dev_account(0))
    before = connection.nonce(sender.address)
    with pytest.raises(CallRefused) as caught:
        sender.send(_refused(echo))
    assert (caught.value.contract, caught.value.error) == ("LeaseAgreement", "LeaseAmountZero")
    assert connection.nonce(sender.address) == before
    assert caught.value.exit_code == 5


def test_the_error_of_another_contract_is_decoded_too(connection: Connection, echo: str) -> None:
    data = keccak(text="ERC20InsufficientAllowance(address,uint256,uint256)")[:4]
    data += encode(["address", "uint256", "uint256"], [SOMEBODY, 1, 2])
    with pytest.raises(CallRefused, match=r"ERC20InsufficientAllowance\(spender=0x2222.*, needed=2\)"):
        Sender(connection, dev_account(0)).send(Call(echo, data, "LeaseAgreement", "pay"))


def test_a_transaction_that_reverts_in_its_block_is_a_failure_with_its_reason(
    connection: Connection, echo: str
) -> None:
    sender = Sender(connection, dev_account(0))
    with pytest.raises(TransactionFailed) as caught:
        sender.send(_refused(echo), gas=100_000)
    assert caught.value.refusal.name == "LeaseAmountZero"
    assert caught.value.hash in str(caught.value)


def test_a_transaction_that_fails_by_another_one_of_its_block_says_why(connection: Connection) -> None:
    # the first call stores a one, every later one finds it and reverts with the refusal
    code = bytes.fromhex("5f54600a5760015f55005b63") + REFUSAL + bytes.fromhex("60e01b5f5260045ffd")
    creation = bytes([0x60 + len(code) - 1]) + code + bytes.fromhex("5f52") + bytes([0x60, len(code)])
    creation += bytes([0x60, 32 - len(code), 0xF3])
    sender = Sender(connection, dev_account(0))
    target = sender.send(Call(None, creation, "Once", "constructor")).created
    assert target is not None
    orders = [Order(sender.signer, Call(target, b"", "Once", "act"), 100_000) for _ in range(2)]
    connection.call("evm_setAutomine", False)
    thread = threading.Thread(target=_mine_when_two_wait, args=[connection.url])
    thread.start()
    first, second = sender.send_many(orders, check=False)
    thread.join()
    assert first.ok and first.receipt is not None and second.receipt is not None
    assert first.receipt.block == second.receipt.block
    assert second.error is not None and second.error.name == "LeaseAmountZero"


def _mine_when_two_wait(url: str) -> None:
    other, end = Connection(url), time.monotonic() + 30
    while int(other.call("txpool_status")["pending"], 16) < 2:
        assert time.monotonic() < end
        time.sleep(0.02)
    other.call("evm_mine")


def test_running_out_of_gas_is_named(connection: Connection) -> None:
    loop = Call(None, bytes.fromhex("5b5f56"), "Loop", "constructor")
    with pytest.raises(TransactionFailed, match=r"OutOfGas|NoReason"):
        Sender(connection, dev_account(0)).send(loop, gas=100_000)


def test_a_call_that_costs_more_a_block_later_than_estimated_has_room(connection: Connection) -> None:
    # stores the number of the block in a slot that every second block is new: sstore(number >> 1, number)
    code = bytes.fromhex("434360011c55")
    creation = bytes.fromhex("65") + code + bytes.fromhex("5f526006601af3")
    sender = Sender(connection, dev_account(0))
    target = sender.send(Call(None, creation, "Counter", "constructor")).created
    assert target is not None
    call = Call(target, b"", "Counter", "count")
    if connection.block_number() % 2 == 0:
        connection.call("evm_mine")
    dear = sender.send(call).gas_used
    (limit,) = sender._limits([Order(sender.signer, call)])
    assert isinstance(limit, int) and sender.estimate(call) * 5 // 4 < dear
    number = connection.nonce(sender.address)
    flights = sender._tower.prepare([Order(sender.signer, call, limit)], [number], sender.price())
    connection.call("evm_mine")
    sender._tower.broadcast(flights)
    sender._tower.land(flights)
    assert flights[0].receipt is not None and flights[0].receipt.ok


def test_without_a_key_nothing_is_sent(connection: Connection) -> None:
    with pytest.raises(SigningError, match="No key"):
        Sender(connection).send(pay(SOMEBODY))


def test_N17_a_wild_estimate_stops_before_anything_is_signed(
    connection: Connection, faulty: FaultProxy
) -> None:
    sender = Sender(Connection(faulty.url), dev_account(0))
    faulty.always(Kind.CHANGED, "eth_estimateGas", change=lambda _: {"result": hex(2**30)})
    before = connection.nonce(sender.address)
    with pytest.raises(FeeTooHigh, match="1,073,741,824 gas"):
        sender.send(pay(SOMEBODY))
    assert connection.nonce(sender.address) == before
    assert faulty.count("eth_sendRawTransaction") == 0


def test_N17_an_estimate_that_fails_for_another_reason_is_the_nodes_error(faulty: FaultProxy) -> None:
    sender = Sender(Connection(faulty.url), dev_account(0))
    faulty.always(
        Kind.CHANGED, "eth_estimateGas", change=lambda _: {"error": {"code": -32603, "message": "internal"}}
    )
    with pytest.raises(RpcError, match="internal"):
        sender.send(pay(SOMEBODY))


def test_N18_a_fee_above_the_cap_stops(connection: Connection) -> None:
    connection.call("anvil_setNextBlockBaseFeePerGas", hex(300 * GWEI))
    connection.call("evm_mine")
    with pytest.raises(FeeTooHigh, match=r"300\.00 gwei") as caught:
        Sender(connection, dev_account(0)).send(pay(SOMEBODY))
    assert "max_fee_gwei" in caught.value.hint


def test_N18_a_fee_that_falls_within_the_patience_is_waited_for(connection: Connection) -> None:
    connection.call("anvil_setNextBlockBaseFeePerGas", hex(300 * GWEI))
    connection.call("evm_mine")
    sender = Sender(connection, dev_account(0), fees=Fees(patience=20), waiting=Waiting(poll=0.05))

    def calm() -> None:
        other = Connection(connection.url)
        time.sleep(0.3)
        other.call("anvil_setNextBlockBaseFeePerGas", hex(GWEI))
        other.call("evm_mine")

    thread = threading.Thread(target=calm)
    thread.start()
    receipt = sender.send(pay(SOMEBODY))
    thread.join()
    assert receipt.ok and receipt.price <= 200 * GWEI


def test_a_poor_sender_is_told_to_get_coin(connection: Connection) -> None:
    poor = Account.from_key(b"\x05" * 32)
    with pytest.raises(ChainError, match=r"too little|[Ii]nsufficient"):
        Sender(connection, poor).send(pay(SOMEBODY), gas=21_000)


def test_N7_a_number_that_was_used_is_told_where_it_was_insisted_on(connection: Connection) -> None:
    sender = Sender(connection, dev_account(0))
    sender.send(pay(SOMEBODY))
    with pytest.raises(TransactionLost, match="used by another transaction"):
        sender.send(pay(SOMEBODY), nonce=connection.nonce(sender.address) - 1)


def test_K3_a_published_key_sends_nothing_on_another_chain(faulty: FaultProxy) -> None:
    faulty.always(Kind.CHANGED, "eth_chainId", change=lambda _: {"result": "0x1"})
    sender = Sender(Connection(faulty.url), dev_account(0))
    with pytest.raises(KeyRefused):
        sender.send(pay(SOMEBODY))
    with pytest.raises(KeyRefused):
        sender.send_many([pay(SOMEBODY)])
    assert faulty.count("eth_sendRawTransaction") == 0


# ---- many


def test_hundreds_of_orders_of_several_signers_are_all_mined_in_order(connection: Connection) -> None:
    signers = [dev_account(index) for index in range(3)]
    before = connection.balance(SOMEBODY)
    heard: list[int] = []
    orders = [Order(signers[index % 3], pay(SOMEBODY, index)) for index in range(450)]
    outcomes = Sender(connection).send_many(orders, progress=heard.append)
    assert [outcome.order for outcome in outcomes] == orders
    assert all(outcome.ok for outcome in outcomes)
    assert connection.balance(SOMEBODY) == before + sum(range(450))
    assert heard == [200, 200, 50]


def test_with_check_a_refusal_stops_before_anything_of_its_array(connection: Connection, echo: str) -> None:
    sender = Sender(connection, dev_account(0))
    before = connection.nonce(sender.address)
    with pytest.raises(CallRefused):
        sender.send_many([pay(SOMEBODY), _refused(echo), pay(SOMEBODY)])
    assert connection.nonce(sender.address) == before


def test_without_check_the_others_go_on_and_the_refusal_is_told(connection: Connection, echo: str) -> None:
    sender = Sender(connection, dev_account(0))
    outcomes = sender.send_many([pay(SOMEBODY), _refused(echo), pay(SOMEBODY)], check=False)
    assert [outcome.ok for outcome in outcomes] == [True, False, True]
    assert outcomes[1].receipt is None and outcomes[1].error is not None
    assert outcomes[1].error.name == "LeaseAmountZero"


def test_a_mined_failure_is_told_or_raised(connection: Connection, echo: str) -> None:
    sender = Sender(connection, dev_account(0))
    order = Order(dev_account(0), _refused(echo), 100_000)
    outcome = sender.send_many([order], check=False)[0]
    assert outcome.receipt is not None and not outcome.ok
    assert outcome.error is not None and outcome.error.name == "LeaseAmountZero"
    with pytest.raises(TransactionFailed):
        sender.send_many([order])


def test_accounts_of_the_node_send_too(connection: Connection) -> None:
    account = DevAccount(dev_account(4).address)
    before = connection.balance(SOMEBODY)
    outcomes = Sender(connection, account).send_many([pay(SOMEBODY)] * 5)
    assert all(outcome.ok for outcome in outcomes)
    assert Sender(connection, account).send(pay(SOMEBODY)).ok
    assert connection.balance(SOMEBODY) == before + 6


def test_nothing_to_send_is_no_request(faulty: FaultProxy) -> None:
    assert Sender(Connection(faulty.url), dev_account(0)).send_many([]) == []
    assert faulty.requests in ([], [["eth_chainId"]])


def test_simulations_answer_for_each_sender(connection: Connection, echo: str) -> None:
    sender = Sender(connection)
    answers = sender.simulate_many([(SOMEBODY, pay(SOMEBODY, 0)), (SOMEBODY, _refused(echo))])
    assert answers[0] is None and answers[1] is not None and answers[1].name == "LeaseAmountZero"
    assert sender.simulate(pay(SOMEBODY, 0), SOMEBODY) == b""


def test_two_threads_with_one_key_do_not_take_each_others_numbers(connection: Connection) -> None:
    sender = Sender(connection, dev_account(0))
    before = connection.balance(SOMEBODY)
    threads = [threading.Thread(target=lambda: sender.send_many([pay(SOMEBODY)] * 20)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert connection.balance(SOMEBODY) == before + 80


@pytest.mark.timeout(120)
def test_arrays_are_at_least_twelve_times_as_fast_as_web3_one_by_one(connection: Connection) -> None:
    sender = Sender(connection, dev_account(5))
    sender.send_many([Order(dev_account(5), pay(SOMEBODY))] * 50)
    start = time.perf_counter()
    sender.send_many([Order(dev_account(5), pay(SOMEBODY))] * 200)
    arrays = time.perf_counter() - start
    w3, account = connection.w3, dev_account(6)
    sample = 25
    start = time.perf_counter()
    for _ in range(sample):
        fields = {"from": account.address, "to": SOMEBODY, "value": 1}
        filled = {
            "to": w3.to_checksum_address(SOMEBODY),
            "value": 1,
            "nonce": w3.eth.get_transaction_count(account.address),
            "gas": w3.eth.estimate_gas(fields),  # type: ignore[arg-type]
            "maxFeePerGas": 2 * w3.eth.gas_price + GWEI,
            "maxPriorityFeePerGas": GWEI,
            "chainId": w3.eth.chain_id,
        }
        hash_ = w3.eth.send_raw_transaction(account.sign_transaction(filled).raw_transaction)
        assert w3.eth.wait_for_transaction_receipt(hash_)["status"] == 1
    one_by_one = (time.perf_counter() - start) * 200 / sample
    assert one_by_one / arrays >= 12, f"{one_by_one / arrays:.1f}"
