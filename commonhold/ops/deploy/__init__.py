"""Deploying the suite: what is to be done, what it costs, doing it through any fault, proof that it is done.

deployment = deploy(connection, signer, parameters, folder=folder)     # goes on where it was cut off
deployment = deploy_local(rpc_url)                                     # a development chain, with its keys

`plan` (the steps, a pure function of the parameters), `cost`, `steps` (where each stands), `run`, `checks`,
`care` (status, verify), `astray` (adopt, forget). What is deployed in the end is `commonhold.ops.manifest`.
"""

from commonhold.ops.deploy.run import DeploymentStuck
from commonhold.ops.deploy.suite import JOURNAL, deploy, deploy_local, local_account, local_parameters

__all__ = ["JOURNAL", "DeploymentStuck", "deploy", "deploy_local", "local_account", "local_parameters"]
