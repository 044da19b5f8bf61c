"""What the stand's screen says while an update comes from a stick: which words, and what is filled into them.

Pure. Said to a member of staff who stands there, over whatever a visitor was shown.
"""

from dataclasses import dataclass

from device.service import SyncProgress, SyncStep

# As docs/updates.md numbers them; what has no words of its own is told by its number alone.
NUMBERED = range(2, 10)
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UsbNotice:
    """One or two sentences, by their keys in the page's texts.

    Attributes:
        words: What happens, or has happened.
        version: Of the bundle, as people read it.
        done, total: Megabytes.
        number: Of the error; 0 for none.
        advice: What to do with the stick.
        is_bad: Whether nothing came of it.
    """

    words: str
    version: str
    done: int
    total: int
    number: int
    advice: str
    is_bad: bool


def notice(bulletin: SyncProgress) -> UsbNotice:
    """Give what is said of a stick."""
    is_bad = bulletin.step is SyncStep.FAILED
    is_told = bulletin.number in NUMBERED
    return UsbNotice(
        words=f"stick.e{bulletin.number}" if is_bad and is_told else f"stick.{bulletin.step}",
        version=str(bulletin.version),
        done=round(bulletin.done_bytes / _MEGABYTE),
        total=max(1, round(bulletin.total_bytes / _MEGABYTE)),
        number=bulletin.number,
        advice="stick.remove" if bulletin.is_over else "stick.leave",
        is_bad=is_bad,
    )
