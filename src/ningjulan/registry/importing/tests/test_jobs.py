import json

import numpy as np
import pytest
import shapely
from django.contrib.auth import get_user_model
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from ningjulan.cleaning.coordinates import wgs84_to_gcj02
from ningjulan.registry.importing import jobs, reading
from ningjulan.registry.importing.errors import (
    AnswerNeeded,
    ImportNotFound,
    MappingRefused,
    OnlyStewardsImport,
)
from ningjulan.registry.importing.exporting import COLUMNS as COLUMNS_OUT
from ningjulan.registry.importing.exporting import exported
from ningjulan.registry.importing.jobs import Chosen
from ningjulan.registry.models import Area, ImportJob, ImportReject, Person, Residency, SourceMapping
from ningjulan.registry.models.changes import known
from ningjulan.registry.people.numbers import opened
from ningjulan.registry.resolution.tests.conftest import (  # noqa: F401
    NOW,
    STEWARD,
    STREET,
    homes,
    loaded,
    register,
    town_folder,
)

COLUMNS = {"姓名": "name", "电话": "phone", "住址": "address_text"}
PEOPLE = Chosen("landlords", "BIZ01", COLUMNS, {"person_category": "02"})


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.IMPORT_FOLDER = tmp_path / "imports"


def csv_of(*rows, header="姓名,电话,住址"):
    return "\n".join([header, *(",".join(row) for row in rows)]).encode()


def imported(content, chosen=PEOPLE, name="people.csv", by=STEWARD, answered=False):
    job = jobs.submit(by, STREET, name, content, now=NOW)
    jobs.start(job.pk, chosen, actor=by, now=NOW, answered=answered)
    jobs.carry_out(job.pk, now=lambda: NOW, goes_on=lambda: True)
    return ImportJob.objects.get(pk=job.pk)


def balance(job):
    return {
        n: getattr(job, f"n_{n}") for n in ("received", "new", "changed", "unchanged", "queued", "rejected")
    }


def test_every_row_has_its_place_in_the_balance_sheet(homes):  # noqa: F811
    job = imported(csv_of(
        ["王秀英", "13900001111", homes[0].full_text],
        ["李建国", "不是号码", ""],
        ["", "13900002222", ""],
        ["赵一凡", "13900003333", "火星基地一号"],
    ))  # fmt: skip

    assert job.state == "done"
    assert balance(job) == {"received": 4, "new": 1, "changed": 0, "unchanged": 0, "queued": 0, "rejected": 3}
    assert Residency.objects.get(known()).house_id == homes[0].pk
    rejects = {r.row_no: r.reasons[0] for r in ImportReject.objects.filter(job=job)}
    assert rejects[3] == "missing_item"
    assert rejects[4] == "address_unmatched"


def test_words_of_the_street_are_understood(homes):  # noqa: F811
    columns = {"姓名": "name", "性别": "sex", "身份证号": "id_no"}
    rows = csv_of(["王秀英", "女", "99999919560304002X"], header="姓名,性别,身份证号")

    imported(rows, Chosen("street_words", "BIZ01", columns, {"person_category": "02"}))

    person = Person.objects.get(known())
    assert (person.sex, person.id_type) == ("2", "111")
    assert opened(person, "id_no") == "99999919560304002X"


def test_the_same_file_again_changes_nothing(homes):  # noqa: F811
    rows = csv_of(
        ["王秀英", "13900001111", homes[0].full_text], ["李建国", "13900002222", homes[1].full_text]
    )
    imported(rows)

    again = imported(rows)

    assert (again.n_unchanged, again.n_new, again.n_changed) == (2, 0, 0)


def test_an_import_that_was_killed_goes_on_behind_its_last_stretch(homes, monkeypatch):  # noqa: F811
    monkeypatch.setattr(reading, "STRETCH", 2)
    job = jobs.submit(
        STEWARD, STREET, "a.csv", csv_of(*([f"王{n}", f"1390000{n:04}", ""] for n in range(5))), now=NOW
    )
    jobs.start(job.pk, PEOPLE, actor=STEWARD, now=NOW)
    looks = iter([True, False])
    jobs.carry_out(job.pk, now=lambda: NOW, goes_on=lambda: next(looks))
    assert ImportJob.objects.get(pk=job.pk).n_received == 2

    jobs.carry_out(job.pk, now=lambda: NOW, goes_on=lambda: True)

    done = ImportJob.objects.get(pk=job.pk)
    assert (done.state, done.n_received, done.n_new) == ("done", 5, 5)
    assert Person.objects.filter(known()).count() == 5


def test_a_stretch_that_fails_leaves_nothing_of_itself(homes, monkeypatch):  # noqa: F811
    job = jobs.submit(STEWARD, STREET, "a.csv", csv_of(["王秀英", "13900001111", ""]), now=NOW)
    jobs.start(job.pk, PEOPLE, actor=STEWARD, now=NOW)
    monkeypatch.setattr(jobs._Run, "_note", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        jobs.carry_out(job.pk, now=lambda: NOW, goes_on=lambda: True)

    assert not Person.objects.exists()
    assert ImportJob.objects.get(pk=job.pk).n_received == 0


def test_rejected_rows_come_back_with_their_reasons_in_words(homes):  # noqa: F811
    job = imported(csv_of(["", "13900002222", ""]))

    text = "".join(jobs.rejects_csv(job))

    assert "缺少必填项" in text
    assert "13900002222" in text
    assert b"13900002222" not in bytes(ImportReject.objects.get().row_sealed)


def test_a_mapping_is_saved_and_the_next_file_of_its_kind_uses_it(homes):  # noqa: F811
    imported(csv_of(["王秀英", "13900001111", ""]))

    assert SourceMapping.objects.get(name="landlords").manifest["columns"] == COLUMNS


def test_a_required_item_needs_a_column_or_a_value(homes):  # noqa: F811
    job = jobs.submit(STEWARD, STREET, "a.csv", csv_of(["王秀英", "", ""]), now=NOW)
    with pytest.raises(MappingRefused):
        jobs.start(job.pk, Chosen("x1", "BIZ01", {"姓名": "name"}, {}), actor=STEWARD, now=NOW)


def test_others_neither_import_nor_see_it(homes):  # noqa: F811
    from ningjulan.foundation.actors import Actor, Role

    handler = Actor(9, "处置单位", frozenset({Role.HANDLER}), frozenset({STREET}))
    clerk = Actor(8, "受理员", frozenset({Role.CLERK}), frozenset({STREET}))
    with pytest.raises(OnlyStewardsImport):
        jobs.submit(handler, STREET, "a.csv", csv_of(["王", "", ""]), now=NOW)
    job = jobs.submit(STEWARD, STREET, "a.csv", csv_of(["王", "", ""]), now=NOW)
    with pytest.raises(ImportNotFound):
        jobs.get_job(job.pk, clerk)


GRIDS = Chosen("grid_file", "GEO03", {"code": "grid_code", "name": "name", "community": "community_code"},
               {"grid_type": "1"})  # fmt: skip


def layer_of(areas, shift=lambda shape: shape):
    features = [
        {"type": "Feature", "properties": {"code": f"{a.code}  ", "name": a.name, "community": a.code[:12]},
         "geometry": json.loads(shapely.to_geojson(shift(shapely.from_wkb(bytes(a.outline)))))}
        for a in areas
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


@pytest.fixture
def areas(loaded):  # noqa: F811
    return list(Area.objects.filter(level="grid", outline__isnull=False).order_by("code")[:5])


def test_grids_that_have_not_moved_are_unchanged_blanks_and_all(areas):
    job = imported(layer_of(areas), GRIDS, "grids.geojson")

    assert balance(job) | {"received": 5, "unchanged": 5} == balance(job)


def test_gcj02_declared_as_wgs84_is_asked_about_and_put_right(areas):
    def shifted(shape):
        return shapely.transform(shape, lambda p: np.column_stack(wgs84_to_gcj02(p[:, 0], p[:, 1])))

    job = jobs.submit(STEWARD, STREET, "grids.geojson", layer_of(areas, shifted), now=NOW)
    with pytest.raises(AnswerNeeded) as asked:
        jobs.start(job.pk, GRIDS, actor=STEWARD, now=NOW)
    assert 300 <= asked.value.facts["offset_m"] <= 700

    answer = Chosen(GRIDS.name, GRIDS.class_id, GRIDS.columns, GRIDS.defaults, "gcj02")
    jobs.start(job.pk, answer, actor=STEWARD, now=NOW)
    jobs.carry_out(job.pk, now=lambda: NOW, goes_on=lambda: True)

    before = shapely.from_wkb(bytes(areas[0].outline)).centroid
    after = shapely.from_wkb(bytes(Area.objects.get(pk=areas[0].pk).outline)).centroid
    assert before.distance(after) < 1e-6


def test_a_new_boundary_replaces_the_old_from_today(areas):
    job = imported(
        layer_of(areas[:1], lambda shape: shape.buffer(0.0001)), GRIDS, "grids.geojson", answered=True
    )

    assert job.n_changed == 1
    area = Area.objects.get(pk=areas[0].pk)
    assert shapely.from_wkb(bytes(area.outline)).area > shapely.from_wkb(bytes(areas[0].outline)).area


def test_the_page_sees_columns_and_counts_but_no_cell(homes, client):  # noqa: F811
    user = get_user_model().objects.create_user("s", password=None, area_codes=[STREET], roles=["steward"])
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = SimpleUploadedFile("people.csv", csv_of(["王秀英", "13900001111", ""], ["", "13900002222", ""]))
    job = client.post("/api/registry-imports", {"tenant": STREET, "file": upload}).json()
    look = client.get(f"/api/registry-imports/{job['id']}/look").json()
    body = {
        "name": "landlords",
        "class_id": "BIZ01",
        "columns": COLUMNS,
        "defaults": {"person_category": "02"},
    }
    shown = client.post(f"/api/registry-imports/{job['id']}/preview", body, "application/json").json()
    started = client.post(f"/api/registry-imports/{job['id']}/run", body, "application/json").json()

    assert {c["column"]: c["item"] for c in look["columns"]} == COLUMNS
    assert (shown["n_rows"], shown["n_accepted"], shown["reasons"][0]["code"]) == (2, 1, "missing_item")
    assert started["state"] == "waiting"
    assert "13900001111" not in str([look, shown, started])


NAMES = st.text("王李张刘陈秀英建国伟", min_size=2, max_size=4)
ROWS = st.lists(st.tuples(NAMES, st.integers(0, 9_999)), min_size=1, max_size=6, unique_by=lambda row: row[1])


class ImportExportImport(TestCase):
    @settings(max_examples=10, deadline=None)
    @given(ROWS)
    def test_import_export_import_is_the_identity(self, rows):
        import tempfile

        from django.test import override_settings

        with tempfile.TemporaryDirectory() as folder, override_settings(IMPORT_FOLDER=folder):
            chosen = Chosen("identity", "BIZ01", {"编号": "person_id", "姓名": "name", "电话": "phone"},
                            {"person_category": "02"})  # fmt: skip
            header = "编号,姓名,电话"
            first = csv_of(*([f"N{n}", name, f"139000{n:05}"] for name, n in rows), header=header)
            took = imported(first, chosen)
            written = exported(chosen.name).write_csv().encode()
            before = self.people()

            again = imported(written, Chosen(chosen.name, "BIZ01", {c: c for c in COLUMNS_OUT}, {}))

            assert again.n_unchanged == again.n_received == took.n_new + took.n_changed + took.n_unchanged
            assert self.people() == before
            Person.objects.all().delete()

    def people(self):
        rows = Person.objects.filter(known(), valid_to__isnull=True)
        return sorted((p.name, opened(p, "phone"), p.person_category) for p in rows)
