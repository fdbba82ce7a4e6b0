"""What a user must fix: one clear line each, exit code 2."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipeline.orphans import end_with


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


def told(main: Callable[[], int]) -> int:
    """What a stage's `main` returns; 2 with a line on stderr for what a user must fix, also where the system refuses a
    file. The stage of a run ends with its job's shell."""
    end_with(os.getppid())
    try:
        return main()
    except UserError as error:
        print(error, file=sys.stderr)
    except FileNotFoundError as error:
        print(f"{error.filename}: is not there any more; run `snakemake all` again", file=sys.stderr)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"{place}{error.strerror}; mend that, then run `snakemake all` again", file=sys.stderr)
    return 2
