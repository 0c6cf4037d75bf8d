"""Put the compiled contracts into the package: whoever installs it needs no compiler."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ARTIFACTS = Path("artifacts")


class BuildWithArtifacts(build_py):
    """build_py that also copies artifacts/*.json to commonhold/artifacts/."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        files = sorted(ARTIFACTS.glob("[!.]*.json"))
        if not files:
            raise SystemExit(
                "artifacts/ is empty: run `python3 bootstrap.py`, which compiles the contracts, first."
            )
        target = Path(self.build_lib) / "commonhold" / "artifacts"
        self.mkpath(str(target))
        for file in files:
            self.copy_file(str(file), str(target / file.name))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        copies = [
            str(Path(self.build_lib) / "commonhold" / "artifacts" / f.name)
            for f in ARTIFACTS.glob("[!.]*.json")
        ]
        return [*super().get_outputs(include_bytecode), *([] if self.editable_mode else copies)]


# build/ is brownie's.
setup(cmdclass={"build_py": BuildWithArtifacts}, options={"build": {"build_base": ".local/wheel"}})
