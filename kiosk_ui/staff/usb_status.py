"""Chooses the message on the stand's screen about an update from a USB stick. Pure.

The message is for the member of staff at the stand, and covers what a visitor was shown.
"""

from dataclasses import dataclass

from device.service import SyncProgress, SyncStep

# Errors with a message of their own, numbered as in docs/updates.md; others show their number only.
NUMBERED = range(2, 10)
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UsbNotice:
    """The message about a USB update on the stand's screen, and the values in it.

    Attributes:
        words: The update's step or error, as a key of the page's texts.
        version: The bundle's version.
        done, total: Megabytes fetched, and megabytes to fetch in all.
        number: The error's number; 0 without an error.
        advice: What to do with the stick, as a key of the page's texts.
        is_bad: Whether the update failed.
    """

    words: str
    version: str
    done: int
    total: int
    number: int
    advice: str
    is_bad: bool


def notice(progress: SyncProgress) -> UsbNotice:
    """Return the message about an update's progress."""
    is_bad = progress.step is SyncStep.FAILED
    has_words = progress.number in NUMBERED
    return UsbNotice(
        words=f"stick.e{progress.number}" if is_bad and has_words else f"stick.{progress.step}",
        version=str(progress.version),
        done=round(progress.done_bytes / _MEGABYTE),
        total=max(1, round(progress.total_bytes / _MEGABYTE)),
        number=progress.number,
        advice="stick.remove" if progress.is_over else "stick.leave",
        is_bad=is_bad,
    )
