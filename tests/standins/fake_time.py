"""A clock that only a test moves."""


class FakeTime:
    """A clock that moves forward only when the tested code sleeps."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def clock(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds
