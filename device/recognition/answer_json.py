"""Convert an answer to JSON, for the command line and the HTTP API alike."""

from typing import Any

from device.recognition.local.evidence import Evidence
from device.recognition.recogniser import Answer


def answer_to_json(answer: Answer, *, image: str | None = None) -> dict[str, Any]:
    """Convert an answer to JSON-compatible values.

    Args:
        answer: The answer to convert.
        image: Name of the picture, such as its path; `None` omits the key.

    Returns:
        `image`, `bundle`, `verdict`, `matches`, `sheet`, `turn_deg`, `mirrored`, `hint`, `timings_ms`, `confidence`.

        `matches` are best first, each with `record_id`, `position` (which of the record's pictures, from 0), `score`
        and `evidence`. `evidence` is `None` or has `inliers`,
        `covered`, `gap`, `mirrored`, `transform` and `points`, each [x, y, record x, record y].

        `sheet` is `None` or has `corners`: four [x, y] in pixels of the upright image, clockwise from the sheet's own
        top left.
    """
    named = {} if image is None else {"image": image}
    return named | {
        "bundle": answer.bundle_id,
        "verdict": answer.verdict.value,
        "matches": [
            {
                "record_id": match.record.record_id,
                "position": match.position,
                "score": round(match.score, 6),
                "evidence": _evidence_to_json(match.evidence),
            }
            for match in answer.matches
        ],
        "sheet": _sheet_to_json(answer),
        "turn_deg": answer.turn_deg,
        "mirrored": answer.mirrored,
        "hint": answer.hint,
        "timings_ms": dict(answer.timings_ms),
        "confidence": answer.confidence,
    }


def _sheet_to_json(answer: Answer) -> dict[str, Any] | None:
    if answer.sheet is None:
        return None
    return {"corners": [[corner.x, corner.y] for corner in answer.sheet]}


def _evidence_to_json(evidence: Evidence | None) -> dict[str, Any] | None:
    if evidence is None:
        return None
    return {
        "inliers": evidence.inliers,
        "covered": evidence.covered,
        "gap": evidence.gap,
        "mirrored": evidence.mirrored,
        "transform": list(evidence.transform),
        "points": [[p.x, p.y, p.record_x, p.record_y] for p in evidence.points],
    }
