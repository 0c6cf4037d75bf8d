"""How much of the contracts and of the package the tests reach, in lines and branches: `make coverage`.

Contracts are measured by probes in their sources. `instrument` puts a call before every statement and around
every condition; each probe looks at an address of its own, and an EVM remembers every address it
looked at, also in a view, also when the call reverts. `plugin` reads them after each test. So the tests run
unchanged, in the EVM inside the process, and no trace is needed.
"""

from tools.coverage.run import run_coverage

__all__ = ["run_coverage"]
