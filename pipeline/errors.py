"""What a user must fix: one clear line each, exit code 2."""

from collections.abc import Iterator
from contextlib import contextmanager


class UserError(Exception):
    """A message for the user, with place, what is wrong and the way out; several problems are several lines."""


class Problems:
    """Those of several steps, told at once."""

    def __init__(self) -> None:
        self.found: list[str] = []

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keeps the problems of a step instead of raising them."""
        try:
            yield
        except UserError as error:
            self.found.append(str(error))

    def tell(self) -> None:
        """Raises UserError with all of them, if there are any."""
        if self.found:
            raise UserError("\n".join(self.found))
