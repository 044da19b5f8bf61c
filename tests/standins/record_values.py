"""A record with every field, for tests of pages."""

from device.bundle.records import Record


def a_record(record_id: str = "a", **changes: object) -> Record:
    values: dict[str, object] = {
        "item": 0,
        "record_id": record_id,
        "title": f"Print {record_id}",
        "makers": "A Maker",
        "date_text": "1520",
        "year_min": 1520,
        "year_max": 1520,
        "classification": "Print",
        "technique": "etching",
        "institution": "A museum",
        "inventory_number": "1",
        "rights": "Public domain",
        "credit": "Given by a donor",
        "source_url": None,
        "note": None,
        "show_picture": True,
        "width": 300,
        "height": 400,
    }
    return Record(**(values | changes))  # type: ignore[arg-type]
