"""Files of the data folder: written whole or not at all, readable by their owner alone."""

import json
import os
from pathlib import Path
from typing import Any

from commonhold.errors import StoreError

FOLDER = "bills"


def write(path: Path, value: Any) -> None:
    """Write a JSON document; the old one stays whole until the new one is. Raises StoreError."""
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            json.dump(value, stream, ensure_ascii=False, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}", "Is the disk full?") from None


def read(path: Path, missing: Any) -> Any:
    """A JSON document, or `missing`. Raises StoreError."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return missing
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise StoreError(f"{path} cannot be read: {error}", "Bring it back from a backup.") from None
