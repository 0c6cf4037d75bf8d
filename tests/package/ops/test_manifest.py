"""The manifest against the chain (faults N14, N15), on disk, and damaged."""

from dataclasses import replace
from pathlib import Path

import pytest

from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.errors import SettingsError
from commonhold.ops.manifest import FILE, ManifestMismatch, read
from tests.faults.kinds import Kind
from tests.faults.proxy import FaultProxy
from tests.package.ops.town import Town


def test_a_manifest_is_read_back_as_it_was_written(town: Town, tmp_path: Path) -> None:
    town.deployment.write(tmp_path / "deep")
    assert read(tmp_path / "deep") == town.deployment
    assert town.deployment.utc_offset == 8 * 3_600
    with pytest.raises(SettingsError, match="has no contract Nonsense"):
        town.deployment.address("Nonsense")


def test_N14_another_chain_id_stops(town: Town) -> None:
    with FaultProxy(town.connection.url) as faulty:
        faulty.always(Kind.CHANGED, "eth_chainId", change=lambda _: {"result": "0x1"})
        with pytest.raises(ManifestMismatch, match="chain id is 1"):
            town.deployment.verify(Connection(faulty.url))


def test_N14_D5_a_restarted_chain_stops(town: Town) -> None:
    with Node(timestamp=1_700_000_000) as other, pytest.raises(ManifestMismatch, match="another beginning"):
        town.deployment.verify(Connection(other.rpc_url))


def test_N15_code_that_is_missing_or_different_stops(town: Town) -> None:
    address = town.deployment.address("CommunityToken")
    town.connection.call("anvil_setCode", address, "0x6001")
    with pytest.raises(ManifestMismatch, match=f"code at {address} is not the CommunityToken"):
        town.deployment.verify(town.connection)
    town.connection.call("anvil_setCode", address, "0x")
    with pytest.raises(ManifestMismatch, match="There is no CommunityToken"):
        town.deployment.verify(town.connection)


def test_missing_damaged_and_foreign_files_say_what_to_do(town: Town, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no deployment") as caught:
        read(tmp_path)
    assert "commonhold deploy" in caught.value.hint
    path = replace(town.deployment, network="x").write(tmp_path)
    assert path == tmp_path / FILE
    path.write_text(path.read_text()[:-20])
    with pytest.raises(SettingsError, match="damaged"):
        read(tmp_path)
    path.write_text('{"format": 99}')
    with pytest.raises(SettingsError, match="no manifest that this version reads"):
        read(tmp_path)
    path.write_text('{"format": 1, "contracts": {}}')
    with pytest.raises(SettingsError, match="incomplete"):
        read(tmp_path)
