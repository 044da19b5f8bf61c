"""The file that Pillow is to open, and the facts about it that Pillow would not tell."""

from dataclasses import dataclass
from typing import BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSource:
    """A picture file as Pillow should see it.

    Attributes:
        file: The file, perhaps without parts that are none of the picture's, or with another first page.
        profile: The embedded ICC profile, where Pillow doesn't read it; `None` to ask Pillow.
        is_negative: Whether 0 is white, and Pillow doesn't know.
        is_unsigned: Whether values of 32 bits are unsigned, which Pillow takes for signed.
        end: Length in bytes that the file's own directory promises; 0 where it promises none.
        notes: Lines for staff.
    """

    file: BinaryIO
    profile: bytes | None = None
    is_negative: bool = False
    is_unsigned: bool = False
    end: int = 0
    notes: tuple[str, ...] = ()
