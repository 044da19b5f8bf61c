"""Turns the kiosk's health into lines for its staff, problems included. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from device.service import DAYS, Health, OpeningHours, StaffReport, UpdateReport, hours

PARTS = ("health", "use", "choices", "missed", "capture", "log")

HOT_C = 75.0
LOW_SPACE_BYTES = 500_000_000
_GB = 1_000_000_000
_MAX_LISTED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthLine:
    """One line of the health page.

    Attributes:
        name: The subject, as a key of the page's texts.
        words: The finding, as a key of the page's texts, with `values` to fill in.
        is_good: Whether no action is needed.
        lines: Details, shown as they are.
    """

    name: str
    words: str
    values: Mapping[str, object] = field(default_factory=dict)
    is_good: bool = True
    lines: tuple[str, ...] = ()


def findings(
    health: Health, report: StaffReport, updates: UpdateReport | None, version: str
) -> tuple[HealthLine, ...]:
    """Return the lines of the health page; those that affect visitors most come first."""
    found = [*_camera(health), *_bundle(health)]
    if updates is not None:
        found += [*_arrival(updates), *_updates(updates)]
    found += [*_machine(report), _since(health, version)]
    return tuple(found)


def _camera(health: Health) -> Iterator[HealthLine]:
    if health.camera_ready:
        yield HealthLine(name="camera", words="camera_good")
    else:
        words = "camera_busy" if health.camera.is_busy else "camera_bad"
        yield HealthLine(name="camera", words=words, is_good=False, lines=_lines(health.note))
    if health.camera_losses:
        count = {"count": health.camera_losses}
        yield HealthLine(name="camera", words="camera_losses", values=count, is_good=False)


def _bundle(health: Health) -> Iterator[HealthLine]:
    manifest = health.manifest
    if manifest is None:
        yield HealthLine(
            name="bundle", words="bundle_none", is_good=False, lines=_lines(health.note)
        )
        return
    named = {"name": manifest.title, "count": manifest.items}
    yield HealthLine(name="bundle", words="bundle_good", values=named)
    if manifest.parity is None:
        yield HealthLine(name="parity", words="parity_none")
    else:
        cosine = f"{manifest.parity.clean_cosine_median:.5f}"
        yield HealthLine(name="parity", words="parity_good", values={"cosine": cosine})


def _arrival(updates: UpdateReport) -> Iterator[HealthLine]:
    current = next((each for each in updates.bundles if each.is_current), None)
    if current is not None and current.arrival is not None:
        arrival = current.arrival
        values = {"day": day_of(arrival.arrived), "source": arrival.source}
        yield HealthLine(name="arrival", words="arrival_good", values=values)
    elif current is not None:
        yield HealthLine(name="arrival", words="arrival_by_hand")
    if current is not None and current.is_on_trial:
        yield HealthLine(name="arrival", words="on_trial")
    changes = updates.changes
    if changes is not None:
        counts = {
            "added": len(changes.added),
            "removed": len(changes.removed),
            "altered": len(changes.altered),
        }
        lines = tuple(
            f"{sign} {', '.join(ids[:_MAX_LISTED])}{' …' if len(ids) > _MAX_LISTED else ''}"
            for sign, ids in (
                ("+", changes.added),
                ("\u2212", changes.removed),
                ("~", changes.altered),
            )
            if ids
        )
        yield HealthLine(name="changes", words="changes_said", values=counts, lines=lines)


def _updates(updates: UpdateReport) -> Iterator[HealthLine]:
    if updates.fault:
        yield HealthLine(
            name="updates", words="store_bad", is_good=False, lines=_lines(updates.fault)
        )
    last = updates.last_sync
    if last is not None:
        is_good = last.step != "failed"
        values = {"day": day_of(last.told[:10]), "source": last.source}
        yield HealthLine(
            name="updates",
            words="update_told" if is_good else "update_bad",
            values=values,
            is_good=is_good,
            lines=_lines(last.line),
        )
    if updates.expires:
        yield HealthLine(
            name="updates",
            words="expires_soon" if updates.is_expiring else "expires",
            values={"day": day_of(updates.expires)},
            is_good=not updates.is_expiring,
        )
    if updates.refused:
        yield HealthLine(name="updates", words="refused", is_good=False, lines=updates.refused)
    if updates.withdrawn or updates.amended:
        counts = {"withdrawn": updates.withdrawn, "amended": updates.amended}
        yield HealthLine(name="notices", words="notices_said", values=counts)


def _machine(report: StaffReport) -> Iterator[HealthLine]:
    machine = report.machine
    if machine.free_bytes is not None:
        room = {"free": machine.free_bytes // _GB, "total": (machine.total_bytes or 0) // _GB}
        is_low = machine.free_bytes < LOW_SPACE_BYTES
        words = "storage_little" if is_low else "storage_good"
        yield HealthLine(name="storage", words=words, values=room, is_good=not is_low)
    if machine.is_read_only:
        yield HealthLine(name="storage", words="storage_read_only", is_good=False)
    if machine.disk_errors:
        count = {"count": machine.disk_errors}
        yield HealthLine(name="storage", words="storage_errors", values=count, is_good=False)
    if machine.temperature_c is not None:
        is_hot = machine.temperature_c >= HOT_C
        words, degrees = "hot" if is_hot else "warm", {"degrees": round(machine.temperature_c)}
        yield HealthLine(name="temperature", words=words, values=degrees, is_good=not is_hot)
    if machine.is_throttled:
        yield HealthLine(name="temperature", words="slowed", is_good=False)
    if machine.had_under_voltage is not None:
        words = "power_bad" if machine.had_under_voltage else "power_good"
        yield HealthLine(name="power", words=words, is_good=not machine.had_under_voltage)
    if not machine.has_clock:
        yield HealthLine(name="clock", words="clock_bad", is_good=False)
    if not report.keeps:
        yield HealthLine(name="storage", words="keeps_nothing", is_good=False)


def _since(health: Health, version: str) -> HealthLine:
    minutes = int(health.uptime_s // 60)
    values = {
        "hours": minutes // 60,
        "minutes": minutes % 60,
        "answers": health.answers,
        "version": version,
    }
    return HealthLine(name="service", words="since", values=values)


def _lines(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def day_of(text: str) -> date | str:
    """Return the date written as YYYY-MM-DD, or any other text unchanged."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class DayForm:
    """A form's hours of one day: `opens` and `closes` as `10:00`, or empty if closed."""

    name: str
    opens: str
    closes: str


# The times that the form offers; the settings file accepts others.
TIMES = tuple(f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30))


def day_forms(opening: OpeningHours) -> tuple[DayForm, ...]:
    """Return the form's hours of each day of the week."""
    forms = []
    for day in DAYS:
        found = opening.days.get(day)
        opens, closes = str(found).split("-") if found else ("", "")
        forms.append(DayForm(name=day, opens=opens, closes=closes))
    return tuple(forms)


def opening_of(chosen: Mapping[str, str]) -> OpeningHours:
    """Return the opening hours in a form's fields `opens_monday`, `closes_monday` and so on.

    Raises:
        PreferenceError: When a day's fields aren't a time span, such as with only one time.
    """
    texts = {}
    for day in DAYS:
        opens, closes = chosen.get(f"opens_{day}", ""), chosen.get(f"closes_{day}", "")
        texts[day] = f"{opens}-{closes}" if opens or closes else ""
    return hours.parse(texts)
