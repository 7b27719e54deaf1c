"""Errors of the template library."""

from base.errors import RequestError


class TemplateError(RequestError):
    """A template is unknown or its file is wrong; the message names file, key, what was expected and what was got."""


class SideError(RequestError):
    """The template cannot be judged on the side asked for."""


class ProgramError(RequestError):
    """A program is unknown or its file is wrong; the message names file, key, what was expected and what was got."""


class TimedTestError(RequestError):
    """A timed test is unknown, its table is wrong, or it cannot be asked for in this way."""


class TechniqueError(RequestError):
    """A technique is unknown, its file is wrong, or it does not suit the exercise; the message says which and why."""


class SafetyRulesError(RequestError):
    """The file of safety rules is wrong; the message names file, key, what was expected and what was got."""
