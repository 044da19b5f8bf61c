"""Bytes and JSON altered at random, as a worn card or somebody hostile would."""

import random
from typing import Any


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Give data with a few bytes changed, a piece cut out, doubled or added, or its end cut off."""
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


def altered(value: Any, rng: random.Random) -> Any:
    """Give JSON with one of its values another."""
    others = (None, True, -1, 0, 2**63, 1e308, "", "x", "\ud800", [], {}, [[]], {"": None}, 0.5)
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(list(value))
        if rng.random() < 0.05:
            return {k: v for k, v in value.items() if k != key}
        return value | {key: altered(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.9:
        at = rng.randrange(len(value))
        return [*value[:at], altered(value[at], rng), *value[at + 1 :]]
    return rng.choice(others)
