"""Bytes and JSON changed at random, as a worn memory card or an attacker would."""

import random
from typing import Any


def mutate_bytes(data: bytes, rng: random.Random) -> bytes:
    """Return data with random damage: bytes changed, parts removed or doubled, or cut short."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        at = rng.randrange(len(changed)) if changed else 0
        length = rng.choice((1, 4, 64, 4096))
        match rng.randrange(6):
            case 0 | 1 if changed:
                changed[at] ^= 1 << rng.randrange(8)
            case 2:
                changed[at : at + 4] = rng.choice((b"\xff" * 4, bytes(4), b"\xff\xff\xff\x7f"))
            case 3:
                del changed[at : at + length]
            case 4:
                changed[at:at] = changed[at : at + length]
            case _:
                del changed[at:]
    return bytes(changed)


def alter_json(value: Any, rng: random.Random) -> Any:
    """Return JSON with one of its values replaced or removed."""
    others = (None, True, -1, 0, 2**63, 1e308, "", "x", "\ud800", [], {}, [[]], {"": None}, 0.5)
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(list(value))
        if rng.random() < 0.05:
            return {k: v for k, v in value.items() if k != key}
        return value | {key: alter_json(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.9:
        at = rng.randrange(len(value))
        return [*value[:at], alter_json(value[at], rng), *value[at + 1 :]]
    return rng.choice(others)
