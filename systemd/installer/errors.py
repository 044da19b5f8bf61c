"""What the installer can't do, said in one line."""


class InstallError(Exception):
    """One line: the thing, what was expected, what was found, what to do."""
