"""The special functions that results rest on: scipy's, looked up when the first is called. Importing them takes half a
second, more than most of what starts here takes to do; what computes nothing never pays it."""

from __future__ import annotations

from functools import cached_property
from typing import Any


class _Function:
    """One of `scipy.special`; arguments and results are arrays or numbers, as there."""

    def __init__(self, name: str) -> None:
        self._name = name

    @cached_property
    def _function(self) -> Any:
        from scipy import special

        return getattr(special, self._name)

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
