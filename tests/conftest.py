"""What all tests share. Under `brownie test` it also mends brownie; plain pytest never imports brownie.

By default the property tests try the same examples each time, so that what fails fails for everybody.
COMMONHOLD_EXAMPLES=long makes them try many more, and others each time (`make verify`).
"""

import os

import hypothesis
import pytest

from tests.examples import LONG

hypothesis.settings.register_profile(
    "quick", deadline=None, max_examples=50, print_blob=True, derandomize=True
)
hypothesis.settings.register_profile("long", deadline=None, max_examples=2_000, print_blob=True)


def pytest_configure(config: pytest.Config) -> None:
    hypothesis.settings.load_profile(os.environ.get("COMMONHOLD_EXAMPLES", "quick"))
    if config.pluginmanager.hasplugin("pytest-brownie"):
        from tests.brownie_support import know_anvil, mend_coverage, wait_for_receipts

        know_anvil()
        mend_coverage()
        wait_for_receipts()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Many examples take long: a state machine that is cut off in between looks like one that fails."""
    for item in items:
        if LONG and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(3_600))


@pytest.fixture(scope="session", autouse=True)
def _collector_off_build_data(pytestconfig: pytest.Config) -> None:
    if pytestconfig.pluginmanager.hasplugin("pytest-brownie"):
        from tests.brownie_support import freeze_build_data

        freeze_build_data()
