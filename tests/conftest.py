"""What all tests share. Under `brownie test` it also mends brownie; plain pytest never imports brownie."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    if config.pluginmanager.hasplugin("pytest-brownie"):
        from tests.brownie_support import mend_coverage

        mend_coverage()


@pytest.fixture(scope="session", autouse=True)
def _collector_off_build_data(pytestconfig: pytest.Config) -> None:
    if pytestconfig.pluginmanager.hasplugin("pytest-brownie"):
        from tests.brownie_support import freeze_build_data

        freeze_build_data()
