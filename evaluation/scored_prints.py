"""Choose the prints that the evaluation scores; thresholds may be fitted on the others.

The choice depends on the record's id alone. The build, the kiosk and a later build with more prints therefore agree.
"""

import hashlib


def is_scored(record_id: str) -> bool:
    """Return whether captures of this print are kept for scoring.

    Thresholds are fitted on the others, about half of all prints.
    """
    return hashlib.sha256(record_id.encode()).digest()[0] % 2 == 1
