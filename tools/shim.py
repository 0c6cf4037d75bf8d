"""Write the Solidity compiler shim: npm's compiler dressed as the native one that other tools expect.

py-solc-x and brownie look for `<folder>/solc-v<version>`, forge takes a path, and all of them ask for
`--version` many times. The shim answers that at once, without loading the compiler (0.6 s each time), and
with the platform name that forge insists on; anything else goes to `tools/solc.js`. The lock of npm holds
the compiler's checksum.
"""

import shlex
import subprocess
from pathlib import Path

_SCRIPT = """\
#!/bin/sh
# Written by bootstrap.py from tools/shim.py: npm's solc as a native-looking command.
if [ "$1" = "--version" ]; then
    echo "solc, the solidity compiler commandline interface"
    echo "Version: {version}"
    exit 0
fi
exec {node} {script} "$@"
"""


def compiler_version(root: Path, node: str) -> str:
    """The version of npm's compiler in the project, as solc writes it but with a native platform's name."""
    answer = subprocess.run(
        [node, str(root / "tools" / "solc.js"), "--version"], check=True, capture_output=True, text=True
    )
    version = answer.stdout.split("Version:", 1)[1].strip()
    return version.replace(".Emscripten.clang", ".Linux.g++")


def write_shim(root: Path, node: str) -> Path:
    """Write the shim where py-solc-x looks and under the plain name `solc`; returns the first path."""
    version = compiler_version(root, node)
    text = _SCRIPT.format(
        version=version, node=shlex.quote(node), script=shlex.quote(str(root / "tools" / "solc.js"))
    )
    path = root / ".local" / "solcx" / f"solc-v{version.split('+', 1)[0]}"
    for target in (path, root / ".local" / "bin" / "solc"):
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(target.name + ".draft")
        draft.write_text(text, encoding="utf-8")
        draft.chmod(0o755)
        draft.replace(target)
    return path
