"""TestCoin, the faucet coin of test chains: never on a main network, never more than a sip.

├── deployed on a chain that is no test chain: reverts
├── more than 1,000 whole coins: reverts
├── again within an hour: reverts
└── otherwise: minted to the caller
"""

import pytest

from tests.evm import Chain, reverts
from tests.money_world import Money

HOUR = 3_600  # [s]


@pytest.mark.parametrize("chain_id", [1, 10, 56, 137, 8453, 42161, 0xFFFF])
def test_it_cannot_be_deployed_on_a_main_network(chain_id: int) -> None:
    with reverts("TestCoinOnMainNetwork", chain_id):
        Chain(chain_id=chain_id).deploy("TestCoin", "Test Dollar", "TUSD", 6)


@pytest.mark.parametrize("chain_id", [1337, 31337, 11155111, 560048, 84532, 421614, 11155420, 80002])
def test_it_can_be_deployed_on_test_chains(chain_id: int) -> None:
    coin = Chain(chain_id=chain_id).deploy("TestCoin", "Test Dollar", "TUSD", 18)
    assert coin.decimals() == 18


def test_anybody_takes_a_sip_an_hour(world: Money) -> None:
    coin = world.backend.deploy("TestCoin", "Test Dollar", "TUSD", 6)
    ann, most = world.wallet("ann"), 1_000 * 10**6
    with world.reverts("TestCoinTooMuch", most + 1, most):
        coin.drip(most + 1, sender=ann)
    start = world.time + 100
    world.at(start)
    coin.drip(most, sender=ann)
    assert coin.balanceOf(ann) == coin.totalSupply() == most
    world.at(start + HOUR - 1)
    with world.reverts("TestCoinTooSoon", ann, start + HOUR, start + HOUR - 1):
        coin.drip(1, sender=ann)
    coin.drip(1, sender=world.wallet("ben"))
    world.at(start + HOUR)
    coin.drip(1, sender=ann)
    assert coin.balanceOf(ann) == most + 1
