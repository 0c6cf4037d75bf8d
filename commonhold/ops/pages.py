"""Pages to print, from the package's templates: what is put in is text, never markup."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


@cache
def _environment() -> Environment:
    loader = PackageLoader("commonhold")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def render(template: str, /, **values: Any) -> str:
    """The page of a template, such as "slip.html"; raises UndefinedError if it asks for another value."""
    return _environment().get_template(template).render(**values)


def write(path: Path, page: str) -> None:
    """Into a file, whose folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
