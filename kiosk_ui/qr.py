"""Draws a link as a QR code on this machine, without any request to another."""

import segno

# A phone's camera wants four light modules around the code (ISO/IEC 18004).
QUIET_ZONE = 4


def to_svg(link: str) -> str | None:
    """Return a link's QR code as scalable SVG; `None` if the link is too long for one."""
    try:
        code = segno.make_qr(link, error="m")
    except segno.DataOverflowError:
        return None
    return code.svg_inline(border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True)
