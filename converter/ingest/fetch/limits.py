"""Bounds of fetching by address: sizes, times, and how often a server is asked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How long, how much and how often is fetched.

    Attributes:
        picture_bytes, document_bytes, table_bytes: Size of the largest picture, manifest and table.
        timeout_s: How long to wait for a connection, and for the server's next bytes.
        total_s, table_s: How long one answer may take, and that with a table.
        interval_s: Least time between two requests to one server.
        tries: Requests for one address, before it counts as failed.
        wait_s: Wait before the second try; doubled before each further one.
        longest_wait_s: Longest wait that a server may ask for; a longer one counts as failed.
        redirects: Redirects followed for one address.
        failures: Failures in a row after which a server isn't asked again.
        document_days: Age at which a manifest is fetched again. Pictures are kept.
        workers: Pictures fetched at the same time.
    """

    picture_bytes: int = 100 << 20
    document_bytes: int = 16 << 20
    table_bytes: int = 500 << 20
    timeout_s: float = 20.0
    total_s: float = 180.0
    table_s: float = 900.0
    interval_s: float = 0.2
    tries: int = 3
    wait_s: float = 1.0
    longest_wait_s: float = 60.0
    redirects: int = 5
    failures: int = 5
    document_days: float = 1.0
    workers: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerBounds:
    """What a server's answer may be.

    Attributes:
        most_bytes: Its largest size.
        within_s: How long it may take.
        is_picture: Whether a web page in its place is refused.
    """

    most_bytes: int
    within_s: float
    is_picture: bool = False
