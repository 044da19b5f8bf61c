"""A bundle's self-check: prints whose own picture, asked for, must find itself."""

from device.bundle.reader import OpenedBundle
from device.imaging import frames
from device.recognition.recogniser import Recogniser


def lost_probes(bundle: OpenedBundle, recogniser: Recogniser) -> tuple[str, ...]:
    """Give the ids of the bundle's probe prints that don't find themselves: none, in a sound bundle."""
    lost = []
    for record_id in bundle.manifest.probes:
        pixels = frames.decode(bundle.pictures.get(record_id, "screen"), name=record_id)
        answer = recogniser.recognise(frames.frame(pixels, source="probe"), count=1)
        if [match.record.record_id for match in answer.matches] != [record_id]:
            lost.append(record_id)
    return tuple(lost)
