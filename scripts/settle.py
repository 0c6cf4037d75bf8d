"""`brownie run settle`: settle every lease of the deployment in deployments/local."""

from pathlib import Path

from brownie import network

from commonhold.chain.connect import Connection
from commonhold.chain.send import Sender
from commonhold.ops.deploy import local_account
from commonhold.ops.manifest import read
from commonhold.ops.settle import run
from commonhold.words import reason


def main(folder="deployments/local"):
    deployment = read(Path(folder))
    connection = Connection(network.web3.provider.endpoint_uri)
    deployment.verify(connection)
    report = run(deployment.suite(connection), Sender(connection, local_account("MANAGER")))
    for row in report.rows:
        print(f"lease {row.lease}: {row.amount} [cmt] {reason(row.code)}")
    return report
