"""Self-test of a bundle: each probe print must be found by its own picture."""

from device.bundle.reader import OpenedBundle
from device.imaging import decoding, frames
from device.recognition.recogniser import Recogniser


def failed_probes(bundle: OpenedBundle, recogniser: Recogniser) -> tuple[str, ...]:
    """Return the ids of probe prints that aren't found by their own picture; () if all pass."""
    failed = []
    for record_id in bundle.manifest.probes:
        pixels = decoding.decode(bundle.pictures.get(record_id, "screen"), name=record_id)
        answer = recogniser.recognise(frames.frame(pixels, source="probe"), count=1)
        if [match.record.record_id for match in answer.matches] != [record_id]:
            failed.append(record_id)
    return tuple(failed)
