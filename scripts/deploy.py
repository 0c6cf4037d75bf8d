"""`brownie run deploy`: the suite on brownie's active development network."""

from brownie import network

from commonhold.ops.deploy import deploy_local


def main():
    deployment = deploy_local(network.web3.provider.endpoint_uri)
    for name, contract in deployment.contracts.items():
        print(f"{name:20} {contract.address}")
    return deployment
