"""What every refusal of a contract has in common in its twin."""


class Refused(ValueError):
    """An act that a contract would refuse; `error` is the name of its custom error, `values` its figures."""

    def __init__(self, error: str, *values: int | str) -> None:
        super().__init__(f"{error}({', '.join(map(str, values))})")
        self.error = error
        self.values = values
