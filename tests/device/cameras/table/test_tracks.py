"""Values between fixed points in time."""

import pytest

from device.cameras.table.tracks import Pose, PoseTrack, ValueTrack


@pytest.mark.parametrize(
    ("time_s", "expected"),
    [(-1.0, 2.0), (1.0, 2.0), (2.0, 3.0), (3.0, 4.0), (4.0, 0.0), (9.0, 0.0)],
)
def test_a_value_holds_at_both_ends_and_is_halfway_in_the_middle(time_s, expected):
    assert ValueTrack(((1.0, 2.0), (3.0, 4.0), (4.0, 0.0))).at(time_s) == pytest.approx(expected)


def test_a_movement_starts_and_ends_slowly():
    track = ValueTrack(((0.0, 0.0), (1.0, 1.0)))

    assert track.at(0.1) < 0.01
    assert track.at(0.9) > 0.99


def test_every_part_of_a_pose_moves():
    track = PoseTrack(
        (
            (0.0, Pose(x=0, y=10, degrees=20, size=0.4, lift=0)),
            (2.0, Pose(x=100, y=30, degrees=0, size=0.8, lift=1)),
        )
    )

    half = track.at(1.0)

    assert (half.x, half.y, half.degrees) == pytest.approx((50, 20, 10))
    assert (half.size, half.lift) == pytest.approx((0.6, 0.5))


def test_a_pose_that_holds_is_the_same_at_all_times():
    """A stage renders equal poses once."""
    track = PoseTrack(((0.0, Pose()), (1.0, Pose(x=9)), (5.0, Pose(x=9)), (6.0, Pose())))

    assert track.at(1.7) == track.at(4.2) == Pose(x=9)
