"""A settlement in a process of its own, to be killed or to meet another: prints its report as JSON.

URL, folder of the manifest, folder of the journals, role of the key, depth, gas of a transaction
"""

import json
import sys
from pathlib import Path

from commonhold.chain.connect import Connection
from commonhold.chain.journal import Journal
from commonhold.chain.send import Fees, Sender, Waiting
from commonhold.ops.deploy import local_account
from commonhold.ops.manifest import read
from commonhold.ops.settle import run


def main() -> None:
    url, folder, data, role, depth, gas = sys.argv[1:]
    connection = Connection(url, pause=0.01)
    deployment = read(Path(folder))
    deployment.verify(connection)
    suite = deployment.suite(connection)
    account = local_account(role)
    with Journal(Path(data) / f"local-{account.address.lower()}.journal", connection) as journal:
        waiting = Waiting(timeout=60, poll=0.03, depth=int(depth))
        sender = Sender(connection, account, journal=journal, fees=Fees(gas_most=int(gas)), waiting=waiting)
        sender.resume()
        print(json.dumps(run(suite, sender).as_json()))


if __name__ == "__main__":
    main()
