"""Errors of the template library."""

from models.errors import RequestError


class TemplateError(RequestError):
    """A template is unknown or its file is wrong; the message names file, key, what was expected and what was got."""


class SideError(RequestError):
    """The template cannot be judged on the side asked for."""
