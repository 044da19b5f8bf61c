"""The installer's error, which its command line prints."""


class InstallError(Exception):
    """A failed step: the thing, what was expected, what was found, what to do."""
