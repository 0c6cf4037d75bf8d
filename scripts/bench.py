"""Gas and speed beside their floors, goals and peers: `make bench`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.bench.__main__ import main

if __name__ == "__main__":
    raise SystemExit(main())
