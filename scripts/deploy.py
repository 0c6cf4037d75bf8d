"""`brownie run deploy`: the suite on brownie's active network, its manifest in deployments/local."""

from pathlib import Path

from brownie import network

from commonhold.ops.deploy import deploy_local
from commonhold.ops.manifest import FILE


def main(folder="deployments/local"):
    (Path(folder) / FILE).unlink(missing_ok=True)  # of a chain that is gone
    deployment = deploy_local(network.web3.provider.endpoint_uri, folder=Path(folder))
    for name, contract in deployment.contracts.items():
        print(f"{name:20} {contract.address}")
    return deployment
