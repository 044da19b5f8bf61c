"""A pause starts a new visit, and each language counts once a visit."""

from fake_time import FakeTime

from device.staff.visit_tracker import VisitTracker


def test_a_pause_starts_a_new_visit_and_each_language_counts_once_a_visit() -> None:
    time = FakeTime()
    visits = VisitTracker(90, time.clock)

    assert visits.note("de") == ("visits", "language_de")
    time.sleep(90)
    assert visits.note("de") == ()
    assert visits.note("fr") == ("language_fr",)
    time.sleep(90.1)
    assert visits.note("de") == ("visits", "language_de")
