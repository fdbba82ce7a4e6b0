"""The special functions that results rest on: scipy's, looked up when the first is called. What computes nothing never
pays for them."""

from __future__ import annotations

import sys
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any


@cache
def _compiled() -> ModuleType:
    """scipy's compiled functions without the package around them, which takes five times as long to import: it loads
    all of numpy, its testing and f2py with it, for arrays of other libraries. They are the same functions."""
    if "scipy.special" in sys.modules:
        return sys.modules["scipy.special"]
    import scipy

    package = ModuleType("scipy.special")
    package.__path__ = [str(Path(scipy.__file__).parent / "special")]
    sys.modules["scipy.special"] = package
    try:
        return import_module("scipy.special._ufuncs")
    except ImportError:  # a scipy that has them elsewhere
        return package
    finally:
        del sys.modules["scipy.special"]  # whoever needs the package imports it


class _Function:
    """One of `scipy.special`; arguments and results are arrays or numbers, as there."""

    def __init__(self, name: str) -> None:
        self._name = name

    @cached_property
    def _function(self) -> Any:
        found = getattr(_compiled(), self._name, None)
        return getattr(import_module("scipy.special"), self._name) if found is None else found

    def __call__(self, *args: Any) -> Any:
        return self._function(*args)


betaincinv = _Function("betaincinv")
chdtr = _Function("chdtr")
chdtrc = _Function("chdtrc")
chdtri = _Function("chdtri")
erfcx = _Function("erfcx")
expit = _Function("expit")
fdtrc = _Function("fdtrc")
fdtri = _Function("fdtri")
gammaln = _Function("gammaln")
log_ndtr = _Function("log_ndtr")
logit = _Function("logit")
ndtr = _Function("ndtr")
ndtri = _Function("ndtri")
polygamma = _Function("polygamma")
stdtr = _Function("stdtr")
stdtrit = _Function("stdtrit")
xlogy = _Function("xlogy")
