"""Charts on a page, their dates and numbers as the page's language writes them."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import plotly.graph_objects as go
from babel.core import Locale
from babel.dates import get_day_names, get_month_names

from i18n.translation import locale_of, spoken
from ui.widgets.text_only import st

_DATES: Final = {
    "year": "%Y",
    "month": "%b %Y",
    "dayMonth": "%-d{dot} %b",
    "dayMonthYear": "%-d{dot} %b %Y",
    "date": "%-d{dot} %b %Y",
    "dateTime": "%-d{dot} %b %Y, %H:%M",
    "time": "%H:%M",
}
"""Plotly's names of formats to those of d3; the day comes first in every language there is."""
_ORDINAL: Final = ("de",)
"""Languages that put a dot behind the number of the day."""


def plot(made: go.Figure, key: str | None = None) -> None:
    """Show a chart. Plotly's own packs of languages are not part of Streamlit: the page brings what it needs."""
    code = spoken()
    config = {
        "displaylogo": False,
        "displayModeBar": False,
        "locale": code,
        "locales": {code: {"format": formats(code)}},
    }
    st.plotly_chart(made, width="stretch", config=config, key=key)


@cache
def formats(code: str) -> dict[str, Any]:
    """Return the names of days and months, the order of a date and the signs of numbers as Plotly takes them."""
    name = locale_of(code)
    symbols = Locale.parse(name).number_symbols["latn"]
    dot = "." if code in _ORDINAL else ""
    days = {width: get_day_names(width, locale=name) for width in ("wide", "abbreviated")}
    months = {
        width: get_month_names(width, "stand-alone" if width == "abbreviated" else "format", locale=name)
        for width in ("wide", "abbreviated")
    }
    return {
        "days": _from_sunday(days["wide"]),
        "shortDays": _from_sunday(days["abbreviated"]),
        "months": [months["wide"][k] for k in range(1, 13)],
        "shortMonths": [months["abbreviated"][k] for k in range(1, 13)],
        "decimal": symbols["decimal"],
        "thousands": symbols["group"],
        **{
            kind: text.format(dot=dot + " " if dot else "").replace("  ", " ")
            for kind, text in _DATES.items()
        },
    }


def _from_sunday(days: Any) -> list[str]:
    """Babel counts from Monday."""
    return [str(days[(k - 1) % 7]) for k in range(7)]
