import pytest

from ningjulan.project.processes.restarts import Restarts


@pytest.mark.parametrize(
    ("deaths", "delays"),
    [
        pytest.param([0.0], [0.0], id="the first is replaced at once"),
        pytest.param([0, 1, 2, 3, 4], [0.0, 0.5, 1.0, 2.0, None], id="five within a minute are given up"),
        pytest.param([0, 10, 20, 30, 61], [0.0, 0.5, 1.0, 2.0, 2.0], id="the minute moves along"),
        pytest.param([0, 100, 200, 300, 400], [0.0] * 5, id="rare deaths are forgotten"),
    ],
)
def test_delays(deaths, delays):
    restarts = Restarts()

    assert [restarts.delay_after_death(float(at)) for at in deaths] == delays
