"""/metrics: what Prometheus reads, and who may."""

import stat
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from prometheus_client.parser import text_string_to_metric_families

from ningjulan.observations.models import Batch, Canary, Position, Reject
from ningjulan.project import metrics, settings

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)
STREET = "330109013"


@pytest.fixture
def scrape(client, nats_url, monkeypatch):
    monkeypatch.setenv("NINGJULAN_METRICS_TOKEN", "secret-of-the-test")
    monkeypatch.setattr(settings, "NATS_URL", nats_url)

    def scrape():
        answer = client.get("/metrics", headers={"Authorization": "Bearer secret-of-the-test"})
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
        return {
            (sample.name, *sorted(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(answer.content.decode())
            for sample in family.samples
        }

    return scrape


def batch(**counts):
    counts = {"n_stored": 0, "n_rejected": 0, "n_duplicate": 0, "n_parked": 0} | counts
    Batch.objects.create(
        batch_id="r:1", stream_seq=1, receipt_id="r", source="town_iot", tenant_code=STREET, class_id="IOT12",
        first_row=1, n_received=sum(counts.values()), received_at=NOW, committed_at=NOW, cleaner_version="1",
        **counts,
    )  # fmt: skip


def test_balance_is_counted_per_source_class_and_outcome(scrape):
    batch(n_stored=5, n_rejected=2, n_duplicate=1)
    Reject.objects.create(
        batch_id="r:1", source="town_iot", tenant_code=STREET, class_id="IOT12", row_no=1, received_at=NOW,
        reasons=["bad_json"], detail="", raw=b"{", cleaner_version="1", state="resolved",
    )  # fmt: skip

    found = scrape()

    outcomes = {
        outcome: found["ningjulan_records_total", *sorted(["town_iot", "IOT12", outcome])]
        for outcome in metrics.OUTCOMES
    }
    assert outcomes == {"received": 8, "stored": 5, "rejected": 2, "duplicate": 1, "parked": 0}
    assert found["ningjulan_rejects_open", "IOT12", "town_iot"] == 1
    assert found["ningjulan_rejects_mended", "IOT12", "town_iot"] == 1
    assert found["ningjulan_records_total", "IOT03", "received", "town_video"] == 0  # silent, and seen


def test_canary_and_what_waits_are_told(scrape):
    Canary.objects.create(
        source="town_iot", sent_at=NOW, seen_at=NOW - timedelta(minutes=5), visible_ms=80, n_seen=9
    )
    Position.objects.create(shard=0, history_seq=10**15, written_at=NOW)

    found = scrape()

    assert found["ningjulan_canary_age_seconds", "town_iot"] >= 300
    assert found["ningjulan_canary_latency_seconds", "town_iot"] == 0.08
    assert found["ningjulan_position_lag", "0"] == 0
    assert found["ningjulan_outbox_unsent",] == 0


def test_streams_and_version_are_told(scrape):
    found = scrape()

    assert found["ningjulan_up", "nats"] == found["ningjulan_up", "postgresql"] == 1
    assert found["ningjulan_stream_max_bytes", "RAW"] > 0
    assert ("ningjulan_stream_messages", "EVENTS") in found
    assert found["ningjulan_build_info", settings.VERSION] == 1


def test_without_the_stream_the_rest_is_told(scrape, monkeypatch):
    monkeypatch.setattr(metrics, "STREAM_LIMIT_S", 0.3)
    monkeypatch.setattr(settings, "NATS_URL", "nats://127.0.0.1:9")
    batch(n_stored=5)

    found = scrape()

    assert found["ningjulan_up", "nats"] == 0
    assert ("ningjulan_stream_bytes", "RAW") not in found
    assert found["ningjulan_records_total", "IOT12", "stored", "town_iot"] == 5


def test_without_the_database_the_rest_is_told(scrape, monkeypatch):
    def away(actor, now):
        raise OperationalError

    monkeypatch.setattr(metrics, "delivering", away)

    found = scrape()

    assert (found["ningjulan_up", "postgresql"], found["ningjulan_up", "nats"]) == (0, 1)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "secret-of-the-test"},
        {"Authorization": "Basic secret-of-the-test"},
        {"Authorization": "Bearer 密"},
    ],
)
def test_nobody_reads_it_without_the_token(client, monkeypatch, headers):
    monkeypatch.setenv("NINGJULAN_METRICS_TOKEN", "secret-of-the-test")

    answer = client.get("/metrics", headers=headers, REMOTE_ADDR="127.0.0.1")

    assert (answer.status_code, answer.content) == (401, b"")


def test_token_is_made_once_and_for_this_account_only(monkeypatch, tmp_path):
    monkeypatch.delenv("NINGJULAN_METRICS_TOKEN", raising=False)
    monkeypatch.setattr(settings, "VAR", tmp_path)

    first, second = metrics.token(), metrics.token()

    assert first == second
    assert len(first) >= 32
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_empty_token_opens_nothing(client, monkeypatch, tmp_path):
    monkeypatch.delenv("NINGJULAN_METRICS_TOKEN", raising=False)
    monkeypatch.setattr(settings, "VAR", tmp_path)
    (tmp_path / "metrics_token").write_text("\n")

    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 401
