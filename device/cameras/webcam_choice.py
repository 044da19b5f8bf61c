"""Choose the webcam that the settings mean, and find it again when it was moved.

Opens no device. Numbers of device files change, so a webcam is found again by its name, serial number and port.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from device.cameras.v4l2 import VideoNode
from device.errors import CameraAbsentError

AUTO = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebcamIdentity:
    """What stays of a webcam when its number changes; see `VideoNode`."""

    name: str
    serial: str
    port: str
    index: int

    @classmethod
    def of(cls, node: VideoNode) -> "WebcamIdentity":
        """Return the identity of a node's webcam."""
        return cls(name=node.name, serial=node.serial, port=node.port, index=node.index)

    def is_same_model(self, node: VideoNode) -> bool:
        """Return whether a node may be this webcam in another port."""
        theirs = (node.name, node.serial, node.index)
        return theirs == (self.name, self.serial, self.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebcamChoice:
    """A webcam that was opened, and the others that were there then.

    Another webcam may look at another place, such as a laptop's own. So these others never replace the chosen one.
    """

    chosen: WebcamIdentity
    others: tuple[WebcamIdentity, ...]

    @classmethod
    def of(cls, chosen: VideoNode, nodes: Sequence[VideoNode]) -> "WebcamChoice":
        """Return the choice of one of several nodes."""
        others = (node for node in nodes if node.is_capture and node != chosen)
        return cls(
            chosen=WebcamIdentity.of(chosen), others=tuple(WebcamIdentity.of(n) for n in others)
        )

    @classmethod
    def from_text(cls, text: str) -> "WebcamChoice | None":
        """Return the choice that `to_text` wrote; `None` for an empty text."""
        if not text:
            return None
        fields = json.loads(text)
        return cls(
            chosen=WebcamIdentity(**fields["chosen"]),
            others=tuple(WebcamIdentity(**other) for other in fields["others"]),
        )

    def to_text(self) -> str:
        """Return the choice as text."""
        return json.dumps(asdict(self))


def candidates(
    nodes: Sequence[VideoNode], device: int | str, earlier: WebcamChoice | None = None
) -> tuple[VideoNode, ...]:
    """Return the nodes to try, the best first; never empty.

    Args:
        nodes: All nodes of this machine.
        device: The setting `[camera] device`: a number, a path, part of a name, or `auto` for all.
        earlier: The choice of this kiosk before the webcam was lost; `None` for the first time.

    Raises:
        CameraAbsentError: If no webcam fits, or a name fits several; says which ones are there.
    """
    if earlier is None:
        return _fitting(nodes, device)
    captures = [node for node in nodes if node.is_capture]
    same = [node for node in captures if WebcamIdentity.of(node) == earlier.chosen]
    if same:
        return (same[0],)
    new = [node for node in nodes if WebcamIdentity.of(node) not in earlier.others]
    moved = [node for node in new if node.is_capture and earlier.chosen.is_same_model(node)]
    if moved:
        return (moved[0],)
    try:
        return _fitting(new, device)
    except CameraAbsentError as error:
        raise CameraAbsentError(
            f"webcam:{device}: expected {earlier.chosen.name} again, {_found(captures)}; plug it in"
        ) from error


def number_of(device: int | str) -> int | None:
    """Return the number that a setting `[camera] device` names; `None` if it is no number."""
    if isinstance(device, int):
        return device
    return int(device) if device.isascii() and device.isdecimal() else None


def is_named(device: int | str) -> bool:
    """Return whether a setting `[camera] device` names one camera by its path or name."""
    return device != AUTO and number_of(device) is None


def _fitting(nodes: Sequence[VideoNode], device: int | str) -> tuple[VideoNode, ...]:
    captures = [node for node in nodes if node.is_capture]
    if device == AUTO:
        if not captures:
            raise CameraAbsentError(
                f"webcam:{AUTO}: expected a webcam, {_found(captures)}; plug the webcam in"
            )
        # A machine's other nodes, such as a Pi's scaler, come after what was plugged in.
        return tuple(sorted(captures, key=lambda node: (not node.is_usb, node.number)))
    if number_of(device) is not None:
        return (_numbered(nodes, int(device)),)
    return (_at_path(nodes, str(device)) if "/" in str(device) else _named(captures, str(device)),)


def _numbered(nodes: Sequence[VideoNode], number: int) -> VideoNode:
    for node in nodes:
        if node.number == number:
            return _capturing(node, nodes, str(number))
    raise CameraAbsentError(
        f"webcam:{number}: expected /dev/video{number}, {_found(nodes)}; plug the webcam in, or correct [camera] device"
    )


def _at_path(nodes: Sequence[VideoNode], text: str) -> VideoNode:
    path = Path(text)
    for node in nodes:
        if node.path == path or node.path.resolve() == path.resolve():
            return _capturing(node, nodes, text)
    if path.exists():
        raise CameraAbsentError(
            f"webcam:{text}: expected a webcam's device file, found something else; correct [camera] device"
        )
    raise CameraAbsentError(
        f"webcam:{text}: expected this file, {_found(nodes)}; plug the webcam in, or correct [camera] device"
    )


def _named(captures: Sequence[VideoNode], text: str) -> VideoNode:
    wanted = text.casefold().strip()
    fitting = [node for node in captures if wanted in node.name.casefold()]
    exact = [node for node in fitting if node.name.casefold() == wanted]
    if len(exact) == 1:
        return exact[0]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise CameraAbsentError(
            f"webcam:{text}: expected one webcam of this name, {_found(fitting)}; "
            "name one by its path in /dev/v4l/by-id or /dev/v4l/by-path"
        )
    raise CameraAbsentError(
        f"webcam:{text}: expected a webcam of this name, {_found(captures)}; plug the webcam in, or correct [camera] device"
    )


def _capturing(node: VideoNode, nodes: Sequence[VideoNode], text: str) -> VideoNode:
    if node.is_capture:
        return node
    siblings = [other for other in nodes if other.is_capture and other.port == node.port]
    advice = f"use {siblings[0].path}" if siblings else "correct [camera] device"
    raise CameraAbsentError(
        f"webcam:{text}: expected pictures, but {node.path} ({node.name}) gives none; {advice}"
    )


def _found(nodes: Sequence[VideoNode]) -> str:
    captures = [f"{node.path} ({node.name})" for node in nodes if node.is_capture]
    return f"found {', '.join(captures) or 'none'}"
