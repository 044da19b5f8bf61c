"""A link as a QR code, made here: nothing is asked of any other machine."""

import segno

# A phone's camera wants four light modules around the code (ISO/IEC 18004).
QUIET_ZONE = 4


def drawn(link: str) -> str | None:
    """Give a link's QR code as SVG without a size of its own; `None` when it is too long for one."""
    try:
        code = segno.make_qr(link, error="m")
    except segno.DataOverflowError:
        return None
    return code.svg_inline(border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True)
