"""What can go wrong outside, sorted by what to do about it."""


class OutsideError(Exception):
    """A vendor said no, or said nothing. `code` is its own word for it; never personal data."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Temporary(OutsideError):
    """Try again later: it may work."""


class Permanent(OutsideError):
    """It will never work: do not try again."""


class Misconfigured(Permanent):
    """It will not work until somebody changes our settings, or pays the bill."""


class NotConnected(Permanent):
    """This installation has no account with the vendor."""
