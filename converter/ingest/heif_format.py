"""Let Pillow read HEIC by pillow-heif, which the desk alone has.

The kiosk doesn't get it: its page sends every picture as JPEG. `device.imaging.decoding` holds HEIC to the limits of the other
formats, and reads it in any process that has registered it. Without the library, HEIC is refused by its name.
"""

import importlib


def register() -> bool:
    """Register HEIC with Pillow for this process, and return whether that was possible."""
    try:
        library = importlib.import_module("pillow_heif")
    except ImportError:
        return False
    # The picture alone, on one thread: the build decodes in as many processes as there are cores.
    library.register_heif_opener(
        thumbnails=False, depth_images=False, aux_images=False, decode_threads=1
    )
    return True
