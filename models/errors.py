"""The error tree of Diagonal: every failure a person can act on is one of these, with one clear line."""


class DiagonalError(Exception):
    """A failure with a one-line message: what, where and what to do. The command line exits with 1."""


class RequestError(DiagonalError):
    """The request is wrong (bad file, unknown pattern, wrong side). The command line exits with 2."""


class WeightsError(DiagonalError):
    """The pose weights are absent, damaged or could not be fetched."""
