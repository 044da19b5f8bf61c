"""A day of visitors' statistics, written within seconds with a simulated clock.

The kiosk's own code writes them to its staff folder: `python simulated_day.py FOLDER`. Each hour is synced to the
disk, as the kernel would do by itself within a minute.
"""

import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from device.recognition.recogniser import Answer
from device.recognition.verdict import Verdict
from device.service import StaffFolders, StaffPreferences, StaffService

OPEN = range(10, 18)
VISITORS_PER_HOUR = 60
LANGUAGES = ("de", "en", "fr", "it")


def answer(number: int) -> Answer:
    """Return the answer to a visitor; each third is unmatched, so that it is listed."""
    verdict = Verdict.NOT_IN_COLLECTION if number % 3 == 0 else Verdict.SAME_PRINT
    return Answer(
        bundle_id="",
        verdict=verdict,
        matches=(),
        sheet=None,
        turn_deg=0,
        mirrored=False,
        hint=None,
        timings_ms={},
    )


def main(folder: Path) -> None:
    """Simulate one day."""
    now_s = 0.0
    began = datetime(2026, 11, 23)
    staff_service = StaffService(
        StaffFolders(staff=folder),
        pause_s=40.0,
        clock=lambda: now_s,
        now=lambda: began + timedelta(seconds=now_s),
        sample_s=0.01,
    )
    staff_service.save_preferences(StaffPreferences(keeps_unmatched=True))
    for hour in range(24):
        for number in range(VISITORS_PER_HOUR if hour in OPEN else 0):
            now_s += 50.0
            staff_service.note_visitor(LANGUAGES[number % 4])
            staff_service.note_answer(answer(number), is_upload=number % 10 == 0)
        now_s = (hour + 1) * 3600.0
        time.sleep(0.2)  # its own thread writes the hour that has ended
        os.sync()
    staff_service.close()
    os.sync()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
