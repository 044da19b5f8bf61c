"""QR codes of links, decoded from their SVG."""

import re
import xml.etree.ElementTree as ET

import cv2
import numpy as np

from kiosk_ui import qr

LINK = "https://museum.example/prints/1?lang=en&x=<b>"


def test_a_phone_can_read_the_qr_code() -> None:
    for link in (LINK, "http://example.org/" + "long/" * 60):
        assert read(qr.to_svg(link) or "") == link


def test_a_link_too_long_for_a_code_is_shown_in_words() -> None:
    assert qr.to_svg("https://example.org/" + "x" * 4000) is None


def read(svg: str) -> str:
    """Render a code and decode it."""
    root = ET.fromstring(svg)
    side = int(float(root.attrib["viewBox"].split()[2]))
    page = np.full((side, side), 255, dtype=np.uint8)
    stroke = next(p.attrib["d"] for p in root.iter() if "stroke" in p.attrib)
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", stroke):
        values = [float(v) for v in numbers.split()]
        if command == "h":
            page[int(y), int(x) : int(x + values[0])] = 0
            x += values[0]
        else:
            x, y = values if command == "M" else (x + values[0], y + values[1])
    assert page[:4].min() == page[-4:].min() == page[:, :4].min() == page[:, -4:].min() == 255
    large = cv2.resize(page, None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST)
    return str(cv2.QRCodeDetector().detectAndDecode(large)[0])
