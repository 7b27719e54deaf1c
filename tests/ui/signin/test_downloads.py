"""Which files a message of Streamlit's puts on a page, and which texts only look as if it did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from ui.signin.downloads import named_files

NAME: Final = "0123456789abcdef" * 2
LINK: Final = f"/media/{NAME}.zip"


def made(change: Callable[[ForwardMsg], None]) -> bytes:
    message = ForwardMsg()
    change(message)
    return bytes(message.SerializeToString())


def _button(message: ForwardMsg) -> None:
    message.delta.new_element.download_button.url = LINK


def _video(message: ForwardMsg) -> None:
    message.delta.new_element.video.url = f"/media/{NAME}.mp4"


def _picture(message: ForwardMsg) -> None:
    message.delta.new_element.imgs.imgs.add(url=f"/media/{NAME}")


@pytest.mark.parametrize("change", [_button, _video, _picture])
def test_an_element_made_for_a_file_names_it(change: Callable[[ForwardMsg], None]) -> None:
    assert named_files(made(change)) == {NAME}


def _page_name(message: ForwardMsg) -> None:
    message.page_not_found.page_name = LINK


def _address(message: ForwardMsg) -> None:
    message.page_info_changed.query_string = f"person={LINK}"


def _text(message: ForwardMsg) -> None:
    message.delta.new_element.text.body = LINK


def _field(message: ForwardMsg) -> None:
    message.delta.new_element.text_input.value = LINK


def _caption(message: ForwardMsg) -> None:
    message.delta.new_element.imgs.imgs.add(caption=LINK)


def _label(message: ForwardMsg) -> None:
    message.delta.new_element.download_button.label = LINK


def _no_name(message: ForwardMsg) -> None:
    message.delta.new_element.download_button.url = f"{LINK}/../x{LINK}"


@pytest.mark.parametrize("change", [_page_name, _address, _text, _field, _caption, _label, _no_name])
def test_text_of_the_person_at_the_page_names_no_file(change: Callable[[ForwardMsg], None]) -> None:
    """A link from elsewhere, typed or put into the page's address, would otherwise become one's own."""
    assert LINK.encode() in made(change)
    assert named_files(made(change)) == set()


def test_a_message_without_files_names_none() -> None:
    assert named_files(b"") == set()
    assert named_files(made(lambda message: message.delta.new_element.text.SetInParent())) == set()
