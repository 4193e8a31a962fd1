r"""The chain rule over what somebody found wrong: dL/dz as dL/dy dy/dz, with the own dy/dz.

Sweeps go through a softmax or a sigmoid in one step, so that they read no derivative of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from string import ascii_lowercase

from derive.expr.nodes import Entry, Expr, Partial
from derive.expr.positions import match
from derive.expr.walk import array_of, at
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.memory import Memory
from derive.ops import apply

__all__ = ["links"]

MOST_LINKS = 3


def links(marker: Marker, memory: Memory, subject: Expr) -> Iterator[Expr]:
    """Yield a derivative as products with own ones that were wrong, where that is the chain rule.
    """
    whole = array_of(subject)
    if not isinstance(whole, Partial) or whole.held or whole.component:
        return
    own = (*(array_of(said.of) for said in memory.wrong),
           *(ref for ref, value in memory.values.items() if not value.right))
    found = dict.fromkeys(link for ref in own if isinstance(ref, Partial)
                          if (link := _link(whole, ref)) is not None)
    for link in islice(found, MOST_LINKS):
        if marker.is_right(whole, link):
            yield replace(subject, arg=link) if isinstance(subject, Entry) else link


def _link(whole: Partial, own: Partial) -> Expr | None:
    """Return dL/dy dy/dz with dy/dz at the step of z; None where that leads nowhere."""
    env = match(own.bottom, whole.bottom) if own.bottom.name == whole.bottom.name else None
    if env is None or not own.top.shape or own.top.name == whole.top.name or own.held:
        return None
    inner = at(replace(own, component=(), direct=False), env)
    assert isinstance(inner, Partial), "a derivative at a step is one"
    outer = Partial(whole.top, inner.top)
    letters = iter(ascii_lowercase)
    above, between, below = ("".join(islice(letters, len(s))) for s in (
        whole.top.shape, inner.top.shape, inner.bottom.shape))
    return apply("einsum", outer, inner, spec=f"{above}{between},{between}{below}->{above}{below}")
