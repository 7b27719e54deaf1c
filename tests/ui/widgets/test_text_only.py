"""Text as text: every function of Streamlit that reads Markdown gets none, and nothing goes past the one module."""

from __future__ import annotations

import ast
import inspect
import re
from typing import Any, Final

import plotly.graph_objects as go
import pytest
import streamlit
from markdown_it import MarkdownIt
from streamlit.testing.v1 import AppTest

from tests.architecture import FILES, parsed
from ui.widgets.escapes import bullets, for_html, for_markdown, for_plotly, formatted, plotly_texts
from ui.widgets.text_only import OPTIONS, is_markdown

IMAGE: Final = "Anna ![x](http://evil.example/a.png)"
HOSTILE: Final = (
    IMAGE, "[a](javascript:alert(1))", "<img src=http://evil.example/i>", "<b>x</b> &amp; R&D", "*a* __b__ ~~c~~ `d`",
    "# x", "- x", "+ x", "1. x", "2) x", "> x", "---", "***", "===", "~~~", "```", "| a |\n|---|", "a\n:-", "[r]: x",
    "back\\slash \\", "a\n\nb\n- c", "&#42;", "a\n===", "<!-- x -->", "<http://x.example>", "_a_", "snake_case_name",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_another_reader_of_markdown_finds_one_paragraph_of_that_text(text: str) -> None:
    """markdown-it reads CommonMark with tables and strikethrough; it knows nothing of Streamlit's directives."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(for_markdown(text, lines=True))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    parts = tokens[1].children or []
    assert {part.type for part in parts} <= {"text", "text_special", "hardbreak"}
    shown = "".join("\n" if part.type == "hardbreak" else part.content for part in parts)
    assert shown.replace(":small[]", "") == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Arm straight (D2), 12.5° at 12:30", "Arm straight (D2), 12.5° at 12:30"),
        ("trunk_lean: -5°, a-b", "trunk_lean: -5°, a-b"),
        (":red[x]", "\\:red\\[x\\]"),
        ("$x$", "\\$x\\$"),
        ("a -> b", "a \\-:small[]\\> b"),
        ("http://evil.example", "http\\::small[]\\//evil.example"),
        ("www.evil.example", "www:small[]\\.evil.example"),
        ("anna@clinic.example", "anna:small[]\\@clinic.example"),
        (":material/home:", "\\:material:small[]\\/home:"),
        (":smile:", "\\::small[]smile:"),
        ("\x1b[31m", "␛\\[31m"),
    ],
)
def test_what_is_written_for_streamlit(text: str, expected: str) -> None:
    """Worked out from the frontend of Streamlit 1.67; the test in a browser shows that it holds."""
    assert for_markdown(text) == expected


def test_own_markdown_stays_and_its_values_are_text() -> None:
    assert formatted("**{}**: {}", "*a*", formatted("**{}**", "b")) == "**\\*a\\***: **b**"
    assert bullets(["a", "# b"]) == "- a\n- \\# b"


def test_html_and_plotly_show_text() -> None:
    assert for_html("<a href='x'>\x1b") == "&lt;a href=&#x27;x&#x27;&gt;␛"
    assert for_plotly("<b>5 & 6</b> $x$") == "&lt;b&gt;5 &amp; 6&lt;/b&gt; &#36;x&#36;"
    made = go.Figure(go.Bar(x=[1], y=["<i>a</i>"], name="<b>n</b>", hovertemplate="%{x}<extra></extra>"))
    made.update_layout(title={"text": "<a href='http://evil.example'>t</a>"})
    told = plotly_texts(made.to_plotly_json())
    assert told["layout"]["title"]["text"] == "&lt;a href='http://evil.example'&gt;t&lt;/a&gt;"
    assert (told["data"][0]["y"], told["data"][0]["name"]) == (
        ["&lt;i&gt;a&lt;/i&gt;"],
        "&lt;b&gt;n&lt;/b&gt;",
    )
    assert told["data"][0]["hovertemplate"] == "%{x}<extra></extra>"


def hostile_page(text: str) -> None:
    from ui.widgets.text_only import st

    st.title(text)
    st.write(text)
    left, right = st.columns(2)
    left.metric(text, text)
    with right, st.expander(text):
        st.radio(text, [text], captions=[text], help=text)
    first, _ = st.tabs([text, "b"])
    first.table([{text: text}])
    st.segmented_control(text, [1], format_func=lambda _: text)
    st.selectbox("b", [f"{text}\x1b"])
    st.dataframe([{"a": f"{text}\x1b"}])
    st.sidebar.caption(text)
    bar = st.progress(0.5, text=text)
    bar.progress(0.6, text=text)


def test_every_kind_of_place_takes_text() -> None:
    page = AppTest.from_function(hostile_page, args=(IMAGE,)).run()
    assert not page.exception
    safe = for_markdown(IMAGE)
    assert [page.title[0].value, page.markdown[0].value, page.metric[0].label, page.metric[0].value] == [
        safe
    ] * 4
    radio = page.radio[0]
    assert [radio.label, radio.options[0], radio.proto.captions[0], radio.help] == [safe] * 4
    assert [page.expander[0].label, page.tabs[0].label, page.button_group[0].proto.options[0].content] == [
        safe
    ] * 3
    assert page.table[0].value.to_dict("list") == {safe: [safe]}
    assert page.selectbox[0].options == [f"{IMAGE}␛"]  # the frontend shows these as they are
    assert page.dataframe[0].value.to_dict("list") == {"a": [f"{IMAGE}␛"]}
    assert page.sidebar.caption[0].value == safe
    assert IMAGE not in str(page.get("progress")[0].proto)


def _documented() -> dict[str, set[str]]:
    """Of each function of Streamlit the parameters whose documentation speaks of Markdown."""
    found = {}
    for name in dir(streamlit):
        function = getattr(streamlit, name)
        if name.startswith("_") or not callable(function):
            continue
        text = inspect.getdoc(function) or ""
        _, _, parameters = text.partition("Parameters\n----------\n")
        parts = re.split(r"^\*?(\w+) : .*$", parameters.partition("\nReturns\n")[0], flags=re.MULTILINE)
        told = {key for key, about in zip(parts[1::2], parts[2::2], strict=True) if "Markdown" in about}
        if told:
            found[name] = told
    return found


def test_every_parameter_that_streamlit_reads_markdown_in_is_covered() -> None:
    documented = _documented()
    assert len(documented) > 30
    handed_on = {
        "table": {"data", "alt"},
        "navigation": {"pages"},
        "tabs": {"bind"},
        "write_stream": {"cursor"},
    }
    about_markdown = {"unsafe_allow_html", "anchors", "wrap", "width"}
    for name, parameters in documented.items():
        covered = {key for key in parameters if is_markdown(name, key)} | handed_on.get(name, set())
        covered |= {"options", "format_func"} if name in OPTIONS else set()
        assert parameters - about_markdown <= covered, name


def _calls(tree: ast.Module) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _takes_streamlit(tree: ast.Module) -> bool:
    """Whether a module imports what pages show things with, not a part of Streamlit's own machinery."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and any(alias.name == "streamlit" for alias in node.names):
            return True
        if isinstance(node, ast.ImportFrom) and node.module in ("streamlit", "streamlit.delta_generator"):
            return True
    return False


def test_no_page_goes_past_the_module_that_makes_text_of_text() -> None:
    allowed = {
        "ui/widgets/text_only.py",
        "i18n/translation.py",
        "ui/safe_headers.py",
        "ui/server.py",
        "app.py",
    }
    assert {name for name, path in FILES.items() if _takes_streamlit(parsed(path))} <= allowed


def test_markdown_of_our_own_is_written_in_the_code_and_html_is_never_allowed_in_it() -> None:
    for name, path in FILES.items():
        for call in _calls(parsed(path)):
            called = getattr(call.func, "id", getattr(call.func, "attr", ""))
            keywords: dict[str | None, Any] = {one.arg: one.value for one in call.keywords}
            assert "unsafe_allow_html" not in keywords, name
            if called == "formatted" and name != "ui/widgets/escapes.py":
                assert isinstance(call.args[0], ast.Constant), name
            assert called != "Markdown" or name == "ui/widgets/escapes.py", name
