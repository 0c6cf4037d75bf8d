"""`python -m commonhold.roles` prints docs/roles.md."""

from commonhold.roles.page import render_markdown

print(render_markdown(), end="")
