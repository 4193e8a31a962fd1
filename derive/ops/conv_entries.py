"""The convolution and its derivatives in index notation, one entry at a time.

Where there is no frame of zeros, window i holds the entry s i + d a at its place a. With one, the
sum also runs over the entries m of the input, and a factor that is 0 or 1 keeps those with
m + p = s i + d a; that is right inside and outside the input.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from derive.ops.axes import over, same

__all__ = ["MANY", "entry_of_input", "entry_of_kernel", "entry_of_output", "split_position"]

Params = Mapping[str, Any]


def entry_of_output(S: Any, n: int, at: Any, args: Any, params: Params) -> Any:
    """Y_oij = sum_cab X_c,si+da,sj+db K_ocab"""
    x, k = args
    image, filter_, places = split_position(at, params["ahead"], n)
    window, seen = k.shape[len(k.shape) - n:], _channels(k, params, n)
    framed = [size for size, pads in zip(x.shape[len(x.shape) - n:], params["padding"], strict=True)
              if any(pads)]

    def term(*letters: Any) -> Any:
        channel, tap, inner = _cut(letters, len(seen), n)
        entries, weight = _entries(S, places, tap, inner, params)
        own = _channel_of_input(S, channel, filter_, k, params)
        return x(*image, *own, *entries) * k(*filter_, *channel, *tap) * weight

    return over(S, S.Sum, (*seen, *window, *framed), term)


def entry_of_input(S: Any, n: int, at: Any, args: Any, params: Params) -> Any:
    """dX_cmn = sum_oijab G_oij K_ocab where si + da = m + p, sj + db = n + p"""
    g, k = args
    ahead = params["ahead"]
    image, channel = at[:1] if ahead[0] == 2 else (), at[len(at) - n - 1:len(at) - n]
    channel = channel if ahead[0] else ()
    own, places = at[len(at) - n:], g.shape[len(g.shape) - n:]
    groups = params["groups"]
    each = k.shape[0] // groups if ahead in MANY else 1
    filters = (each,) if ahead in MANY else ()

    def term(*letters: Any) -> Any:
        chosen, window, tap = _cut(letters, len(filters), n)
        first, inside = _channel_in_group(S, channel, k, params)
        one = tuple(first * each + o for o in chosen)
        deltas = S.prod([same(S, m + p, s * i + d * a) for m, (p, _), s, d, i, a in zip(
            own, params["padding"], params["stride"], params["dilation"], window, tap,
            strict=True)])
        return g(*image, *one, *window) * k(*one, *inside, *tap) * deltas

    return over(S, S.Sum, (*filters, *places, *k.shape[len(k.shape) - n:]), term)


def entry_of_kernel(S: Any, n: int, at: Any, args: Any, params: Params) -> Any:
    """dK_ocab = sum_ij G_oij X_c,si+da,sj+db, over all images"""
    g, x = args
    ahead = params["ahead"]
    filter_ = at[:1] if ahead in MANY else ()
    channel = at[len(at) - n - 1:len(at) - n] if ahead[0] else ()
    tap, images = at[len(at) - n:], g.shape[:1] if ahead[0] == 2 else ()
    framed = [size for size, pads in zip(x.shape[len(x.shape) - n:], params["padding"], strict=True)
              if any(pads)]

    def term(*letters: Any) -> Any:
        image, window, inner = _cut(letters, len(images), n)
        entries, weight = _entries(S, window, tap, inner, params)
        each = g.shape[len(g.shape) - n - 1] // params["groups"] if filter_ else 1
        seen = x.shape[len(x.shape) - n - 1] // params["groups"] if channel else 1
        own = tuple(c + _quotient(S, filter_[0], each, params) * seen if filter_ else c
                    for c in channel)
        return g(*image, *filter_, *window) * x(*image, *own, *entries) * weight

    return over(S, S.Sum, (*images, *g.shape[len(g.shape) - n:], *framed), term)


# input and filters whose output has an axis of filters
MANY = ((0, 1), (1, 2), (2, 2))


def split_position(at: Any, ahead: tuple[int, int], n: int) -> tuple[Any, Any, Any]:
    """Divide a position of the output into image, filter and window."""
    image = at[:1] if ahead[0] == 2 else ()
    filter_ = at[len(at) - n - 1:len(at) - n] if ahead in MANY else ()
    return image, filter_, at[len(at) - n:]


def _channels(k: Any, params: Params, n: int) -> tuple[Any, ...]:
    """Return the size of the axis of channels of a filter, if there is one."""
    return k.shape[len(k.shape) - n - 1:len(k.shape) - n] if params["ahead"][0] else ()


def _cut(letters: Sequence[Any], first: int, n: int) -> tuple[Any, Any, Any]:
    return letters[:first], letters[first:first + n], letters[first + n:]


def _entries(S: Any, window: Any, tap: Any, inner: Any, params: Params) -> tuple[Any, Any]:
    """Return the entries of the input under a place, and a factor where there is a frame."""
    letters: Iterator[Any] = iter(inner)
    found, weight = [], S.Integer(1)
    for i, a, s, d, pads in zip(window, tap, params["stride"], params["dilation"],
                                params["padding"], strict=True):
        if not any(pads):
            found.append(s * i + d * a)
            continue
        found.append(next(letters))
        weight *= same(S, found[-1] + pads[0], s * i + d * a)
    return found, weight


def _channel_of_input(S: Any, channel: Any, filter_: Any, k: Any, params: Params) -> Any:
    """Return which channel of the input a filter's channel is: its group's first, and on."""
    if params["groups"] == 1 or not channel:
        return channel
    group = _quotient(S, filter_[0], k.shape[0] // params["groups"], params)
    return tuple(group * k.shape[1] + c for c in channel)


def _channel_in_group(S: Any, channel: Any, k: Any, params: Params) -> tuple[Any, Any]:
    """Return the group of an input channel, and the channel as the filters count it."""
    if params["groups"] == 1 or not channel:
        return S.Integer(0), channel
    return _quotient(S, channel[0], k.shape[1], params), (S.Mod(channel[0], k.shape[1]),)


def _quotient(S: Any, value: Any, each: Any, params: Params) -> Any:
    return S.floor(S.Integer(1) * value / each) if params["groups"] > 1 else S.Integer(0)
