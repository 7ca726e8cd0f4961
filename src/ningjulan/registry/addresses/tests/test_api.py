import io
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import polars as pl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from ningjulan.foundation.actors import Actor, Role
from ningjulan.registry.addresses import deciding, jobs
from ningjulan.registry.addresses.tests.conftest import NOW
from ningjulan.registry.domain.codes import is_address_code
from ningjulan.registry.models import Address, AddressJob, AddressQuestion, Area, Building

STREET = "330109013"
CLERK = Actor(7, "受理员", frozenset({Role.CLERK}), frozenset({STREET}))


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.ADDRESS_JOB_FOLDER = tmp_path / "jobs"


@pytest.fixture
def dwelling(loaded):
    """A dwelling whose building has its number once, and what is written of it without the region."""
    address = Address.objects.filter(unit_no=1, full_text__contains="幢1单元").order_by("code").first()
    return address, address.full_text.removeprefix("浙江省杭州市萧山区宁围街道")


def match(client, *texts):
    answer = client.post(
        "/api/addresses/match", {"tenant": STREET, "texts": list(texts)}, content_type="application/json"
    )
    return answer.json()


def queue(client, state="open"):
    return client.get("/api/address-queue", {"tenant": STREET, "state": state}).json()


def asked(*texts):
    return [deciding.Asking(text, text, 0.9, STREET) for text in texts]


def test_search_shows_places_with_their_position(dwelling, signed_in):
    address, text = dwelling

    [found] = (
        signed_in("clerk").get("/api/addresses/search", {"tenant": STREET, "q": text, "limit": 1}).json()
    )

    assert found["id"] == str(address.id)
    assert found["code"] == address.code
    assert (found["lon"], found["lat"], found["area_code"]) == (address.lon, address.lat, address.grid_code)


def test_search_keeps_to_ones_area(dwelling, signed_in):
    _, text = dwelling
    client = signed_in("grid_worker", areas=("330109013002001",))

    found = client.get("/api/addresses/search", {"tenant": STREET, "q": text}).json()

    assert [place for place in found if not place["area_code"].startswith("330109013002001")] == []


def test_residents_have_no_list_of_addresses(loaded, signed_in):
    answer = signed_in("resident").get("/api/addresses/search", {"tenant": STREET, "q": "a"})

    assert answer.status_code == 403


def test_the_nearest_address_of_a_point_with_its_grid(dwelling, signed_in):
    address, _ = dwelling
    client = signed_in("clerk")

    here = client.get("/api/addresses/at", {"tenant": STREET, "lon": address.lon, "lat": address.lat}).json()

    assert str(address.id) in [place["id"] for place in here["places"]]
    assert here["distance_m"] == 0
    assert here["grid_code"] == address.grid_code
    assert here["community_name"] == Area.objects.get(code=address.community_code).name


def test_far_from_everything_nothing_is_near(loaded, signed_in):
    answer = signed_in("clerk").get("/api/addresses/at", {"tenant": STREET, "lon": 121.5, "lat": 31.2})

    assert (answer.status_code, answer.json()["code"]) == (404, "nothing_near")


def test_a_text_is_answered_with_reasons(dwelling, signed_in):
    address, text = dwelling

    [found] = match(signed_in("clerk"), text.replace("幢", "号楼"))

    assert found["decision"] == "automatic"
    assert found["place"]["id"] == str(address.id)
    verdicts = {e["element"]: e["verdict"] for e in found["candidates"][0]["elements"]}
    assert verdicts["building"] == verdicts["unit"] == verdicts["room"] == "agrees"


def test_too_many_texts_are_sent_to_a_file(loaded, signed_in):
    answer = signed_in("clerk").post(
        "/api/addresses/match", {"tenant": STREET, "texts": ["a"] * 1001}, content_type="application/json"
    )

    assert answer.status_code == 422


def test_a_decided_text_matches_next_time_until_the_decision_is_taken_back(dwelling, signed_in):
    address, _ = dwelling
    deciding.ask(STREET, asked("老王家隔壁"), job_id=None, now=NOW)
    client = signed_in("clerk")
    [question] = queue(client)["questions"]
    path = f"/api/address-queue/{question['id']}"
    accepted = {"decision": "accept", "level": "address", "target": str(address.id)}

    assert client.post(f"{path}/decide", accepted, content_type="application/json").status_code == 204
    [after] = match(client, "老王家 隔壁")
    again = client.post(f"{path}/decide", accepted, content_type="application/json")
    assert client.post(f"{path}/reopen").status_code == 204

    assert (after["decision"], after["place"]["id"]) == ("automatic", str(address.id))
    assert (again.status_code, again.json()["code"]) == (409, "address_already_decided")
    assert match(client, "老王家隔壁")[0]["decision"] == "new"
    assert queue(client)["n"] == 1


@pytest.mark.parametrize(
    "decided",
    [
        pytest.param({"decision": "accept", "level": "address", "target": str(uuid4())}, id="unknown"),
        pytest.param({"decision": "building", "target": "x"}, id="no id"),
    ],
)
def test_a_decision_needs_a_place_that_exists(loaded, signed_in, decided):
    deciding.ask(STREET, asked("某处"), job_id=None, now=NOW)
    client = signed_in("clerk")
    [question] = queue(client)["questions"]

    answer = client.post(
        f"/api/address-queue/{question['id']}/decide", decided, content_type="application/json"
    )

    assert answer.json()["code"] == "no_such_place"
    assert queue(client)["n"] == 1


def test_handlers_do_not_decide(loaded, signed_in):
    deciding.ask(STREET, asked("某处"), job_id=None, now=NOW)
    question = AddressQuestion.objects.get()

    answer = signed_in("handler").post(
        f"/api/address-queue/{question.id}/decide", {"decision": "new"}, content_type="application/json"
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "only_clerks_decide")


def test_the_same_text_is_asked_once_and_counted(loaded):
    deciding.ask(STREET, asked("某处"), job_id=None, now=NOW)
    deciding.ask(STREET, asked("某处"), job_id=None, now=NOW)

    assert list(AddressQuestion.objects.values_list("n_times", flat=True)) == [2]


def run(job_id, goes_on=lambda: True):
    jobs.carry_out(job_id, now=lambda: datetime(2026, 11, 25, 4, tzinfo=UTC), goes_on=goes_on)


def csv_of(*texts):
    return ("编号,住址\n" + "".join(f"{n},{text}\n" for n, text in enumerate(texts))).encode("gb18030")


def test_a_file_is_matched_row_by_row_with_reasons(dwelling, signed_in):
    address, text = dwelling
    building = address.building.address_text
    client = signed_in("clerk")
    file = SimpleUploadedFile("名单.csv", csv_of(text, building + "9999室", "", "某处"))
    job = client.post("/api/address-jobs", {"tenant": STREET, "file": file}).json()
    early = client.get(f"/api/address-jobs/{job['id']}/result")
    run(job["id"])

    done = client.get(f"/api/address-jobs/{job['id']}").json()
    result = b"".join(client.get(f"/api/address-jobs/{job['id']}/result").streaming_content)
    table = pl.read_csv(result, infer_schema=False)
    assert early.status_code == 409
    assert (job["column"], done["state"]) == ("住址", "done")
    assert [done[f"n_{name}"] for name in ("automatic", "clerk", "new", "empty")] == [1, 1, 1, 1]
    assert table["匹配结果"].to_list() == ["自动匹配", "待人工认定", "空白", "疑似新地址"]
    assert table["匹配标识"].to_list() == [str(address.id), None, None, None]
    assert table["匹配说明"].to_list() == [None, "单元未写；户室库中没有", "地址为空", "没有相近的地址"]
    assert queue(client)["n"] == 2


def test_a_broken_row_is_kept_and_breaks_no_other(dwelling):
    address, text = dwelling
    lines = ["编号,住址,编号", f"1,{text},a", f"2,{text}", f'3,"{text},b', f"4,{text},c,d", "", f"5,{text},e"]

    job = jobs.submit(CLERK, STREET, "a.csv", "\r\n".join(lines).encode(), column=None, now=NOW)
    run(job.id)

    table = pl.read_csv(b"".join(jobs.result(CLERK, job.id)[1]), infer_schema=False)
    assert table.columns[:4] == ["编号", "住址", "编号_3", "原行"]
    assert table["编号"].to_list() == ["1", "2", None, "4", "5"]
    assert table["原行"].to_list() == [None, lines[2], lines[3], lines[4], None]
    assert table["匹配标识"].to_list() == [str(address.id)] * 2 + [None] + [str(address.id)] * 2


def workbook_of(rows):
    """A workbook whose title runs over merged cells of a second sheet, as offices make them."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
        book.add_worksheet("说明").merge_range("A1:C1", "说明")
    return content.getvalue()


def test_a_workbook_is_read_like_a_text_file(dwelling):
    address, text = dwelling
    rows = [["序号", "联系地址", "金额"], [1, text, 12.5], [2, None, None], [3, 20261125, "x"]]

    job = jobs.submit(CLERK, STREET, "名单.XLSX", workbook_of(rows), column=None, now=NOW)
    run(job.id)

    table = pl.read_csv(b"".join(jobs.result(CLERK, job.id)[1]), infer_schema=False)
    assert job.column == "联系地址"
    assert table["匹配标识"].to_list() == [str(address.id), None, None]
    assert table["匹配结果"].to_list() == ["自动匹配", "空白", "疑似新地址"]
    assert table["金额"].to_list()[0] == "12.5"


def test_a_job_that_is_killed_goes_on_where_it_stood(dwelling, monkeypatch):
    monkeypatch.setattr(jobs, "STRETCH", 2)
    _, text = dwelling
    job = jobs.submit(CLERK, STREET, "a.csv", csv_of(*[text] * 5), column="住址", now=NOW)
    turns = iter([True, False])

    run(job.id, goes_on=lambda: next(turns))
    after_kill = AddressJob.objects.get()
    run(job.id)

    done = AddressJob.objects.get()
    assert (after_kill.state, after_kill.n_done) == ("running", 2)
    assert (done.state, done.n_done, done.n_automatic) == ("done", 5, 5)
    assert len(pl.read_csv(b"".join(jobs.result(CLERK, job.id)[1]))) == 5
    assert jobs.next_job() is None


def test_a_job_whose_file_is_gone_says_so(loaded):
    job = jobs.submit(CLERK, STREET, "a.csv", csv_of("x"), column="住址", now=NOW)
    (jobs.folder_of(job.id) / "texts.parquet").unlink()

    run(job.id)

    assert jobs.get_job(CLERK, job.id).state == "failed"


def test_a_cancelled_job_stops_and_files_go_after_a_time(loaded):
    job = jobs.submit(CLERK, STREET, "a.csv", csv_of("x"), column="住址", now=NOW)

    jobs.cancel(CLERK, job.id, now=NOW)
    run(job.id)

    assert jobs.get_job(CLERK, job.id).n_done == 0
    assert jobs.forget(NOW + timedelta(days=1)) == 1
    assert not jobs.folder_of(job.id).exists()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        pytest.param("a.csv", "甲,乙\n1,2\n".encode(), "column_missing", id="no column of addresses"),
        pytest.param("a.xlsx", b"no workbook", "file_unreadable", id="no workbook"),
        pytest.param("a.csv", b"", "file_unreadable", id="empty"),
        pytest.param("a.csv", b"\x00\x01\x02\xff\xfe", "file_unreadable", id="bytes"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused(loaded, signed_in, name, content, code):
    answer = signed_in("clerk").post(
        "/api/address-jobs", {"tenant": STREET, "file": SimpleUploadedFile(name, content)}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert AddressJob.objects.count() == 0


def test_somebody_elses_job_is_not_there(loaded, signed_in):
    job = jobs.submit(CLERK, STREET, "a.csv", csv_of("x"), column="住址", now=NOW)

    assert signed_in("clerk").get(f"/api/address-jobs/{job.id}").status_code == 404


def test_a_state_has_days_and_history_and_matching_heeds_it(dwelling, signed_in):
    address, text = dwelling
    client = signed_in("steward")
    path = f"/api/addresses/{address.id}/state"
    retired = {"state": "AB", "valid_from": "2026-01-01", "reason": "房屋已拆除"}

    after = client.post(path, retired, content_type="application/json").json()
    [found] = match(client, text)
    back = client.post(
        path, retired | {"state": "OC", "valid_from": "2026-02-01"}, content_type="application/json"
    )

    assert after["place"]["state"] == "AB"
    assert (found["decision"], found["place"]["id"]) == ("clerk", str(address.id))
    assert back.json()["place"]["state"] == "OC"
    known = [(s["state"], s["valid_from"], s["valid_to"]) for s in back.json()["states"] if not s["known_to"]]
    assert sorted(known) == [("AB", "2026-01-01", "2026-02-01"), ("OC", "2026-02-01", None)]
    assert match(client, text)[0]["decision"] == "automatic"


def test_a_new_address_gets_a_code_and_the_text_that_asked_for_it_means_it(dwelling, signed_in):
    address, text = dwelling
    wanted = text.replace(address.room_no, "9901").replace("幢", "栋")
    client = signed_in("steward")
    [before] = match(client, wanted)
    deciding.ask(STREET, asked(wanted), job_id=None, now=NOW)
    n_before = address.building.n_addresses
    new = {
        "building_id": str(address.building_id),
        "unit_no": 1,
        "floor_no": 99,
        "room_no": "9901",
        "valid_from": "2026-01-01",
        "reason": "现场核实",
        "question_id": str(AddressQuestion.objects.get().id),
    }

    made = client.post("/api/addresses", new, content_type="application/json")
    twice = client.post("/api/addresses", new, content_type="application/json")
    [after] = match(client, wanted)

    place = made.json()["place"]
    assert made.status_code == 201
    assert is_address_code(place["code"])
    assert place["text"] == address.full_text.replace(address.room_no, "9901")
    assert [(s["state"], s["reason"]) for s in made.json()["states"]] == [("OC", "现场核实")]
    assert before["decision"] == "clerk"
    assert (after["decision"], after["place"]["id"]) == ("automatic", place["id"])
    assert (twice.status_code, twice.json()["code"]) == (409, "address_exists")
    assert queue(client, "decided")["questions"][0]["decision"] == "new"
    assert Building.objects.get(pk=address.building_id).n_addresses == n_before + 1


def test_codes_of_cellars_are_codes_too(dwelling, signed_in):
    address, _ = dwelling
    client = signed_in("steward")
    new = {
        "building_id": str(address.building_id),
        "floor_no": -1,
        "valid_from": "2026-01-01",
        "reason": "储藏",
    }

    answers = [
        client.post("/api/addresses", new | {"room_no": room}, content_type="application/json")
        for room in ("1", "1A", "101")
    ]

    codes = [answer.json()["place"]["code"] for answer in answers]
    assert all(is_address_code(code) and code[23:26] == "B01" for code in codes)
    assert len(set(codes)) == 3


def test_a_former_name_is_found_and_can_be_withdrawn(dwelling, signed_in):
    address, text = dwelling
    compound = address.building.compound
    client = signed_in("steward")
    name = {"text": "红星大队", "level": "compound", "target": str(compound.id), "origin": "former"}

    made = client.post("/api/address-names", name, content_type="application/json")
    twice = client.post("/api/address-names", name, content_type="application/json")
    renamed = text[text.index(compound.name) :].replace(compound.name, "红星大队")
    [found] = match(client, renamed)
    shown = client.get(f"/api/addresses/{address.id}").json()["other_names"]
    gone = client.post(f"/api/address-names/{made.json()['id']}/withdraw")

    assert (made.status_code, twice.status_code, gone.status_code) == (201, 409, 204)
    assert (found["decision"], found["place"]["id"]) == ("automatic", str(address.id))
    assert [(n["text"], n["origin"]) for n in shown] == [("红星大队", "former")]
    assert match(client, renamed)[0]["decision"] != "automatic"


def test_clerks_change_neither_states_nor_names(dwelling, signed_in):
    address, _ = dwelling
    client = signed_in("clerk")
    state = {"state": "AB", "valid_from": "2026-01-01", "reason": "拆除"}

    answer = client.post(f"/api/addresses/{address.id}/state", state, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (403, "only_stewards_change_addresses")


def test_an_area_keeps_its_boundaries_of_old(loaded, signed_in):
    wkb = bytes(Area.objects.get(code=STREET).outline)
    later = NOW + timedelta(days=1)
    day = NOW.date()
    deciding.change_boundary(deciding.Boundary(STREET, "宁围街道", wkb, day, "test"), now=NOW)
    deciding.change_boundary(deciding.Boundary(STREET, "宁围", None, day, "test", "更正"), now=later)
    client = signed_in("clerk")

    now = client.get(f"/api/areas/{STREET}/versions").json()
    then = client.get(f"/api/areas/{STREET}/versions", {"known_at": NOW.isoformat()}).json()
    unchanged = client.get(f"/api/areas/{STREET}002/versions").json()

    assert [(v["name"], v["valid_from"], v["valid_to"]) for v in now] == [
        ("宁围", day.isoformat(), None), ("宁围街道", None, day.isoformat()),
    ]  # fmt: skip
    assert [v["name"] for v in then] == ["宁围街道", "宁围街道"]
    assert [(v["valid_from"], v["has_outline"]) for v in unchanged] == [(None, True)]


def test_an_unknown_address_and_one_elsewhere_are_alike(dwelling, signed_in):
    address, _ = dwelling
    client = signed_in("clerk", areas=("440310",))

    for wanted in (uuid4(), address.id):
        answer = client.get(f"/api/addresses/{wanted}")
        assert (answer.status_code, answer.json()["code"]) == (404, "address_not_found")


def test_every_building_of_the_town_is_found_by_its_own_text(loaded, signed_in):
    texts = list(Building.objects.order_by("code").values_list("address_text", flat=True)[:400])

    found = match(signed_in("clerk"), *texts)

    assert all(
        answer["decision"] == "automatic" and answer["place"]["level"] == "building" for answer in found
    )
