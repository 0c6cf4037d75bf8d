"""`brownie run deploy`, or `run("deploy")` in `brownie console`: the suite on brownie's active local network.

The manifest goes to deployments/local. Live networks are for `commonhold deploy`: brownie keeps no journal.
"""

from pathlib import Path

from brownie import network

from commonhold.chain.connect import Connection, shown_url
from commonhold.ops.deploy import deploy_local
from commonhold.ops.manifest import FILE


def main(folder="deployments/local"):
    node = network.web3.provider.endpoint_uri
    connection = Connection(node)
    if not connection.is_local:
        raise SystemExit(
            f"{shown_url(node)} is chain {connection.chain_id}, a live network: nothing was sent.\n"
            "Use `commonhold deploy --network NAME --signer keystore:NAME`, which can be killed and resumed."
        )
    (Path(folder) / FILE).unlink(missing_ok=True)  # of a chain that is gone
    deployment = deploy_local(node, folder=Path(folder))
    for name, contract in deployment.contracts.items():
        print(f"{name:20} {contract.address}")
    return deployment
