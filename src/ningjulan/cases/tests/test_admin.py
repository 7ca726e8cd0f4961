import pytest

from ningjulan.cases.models import Case
from ningjulan.cases.tests.making import make_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]


def test_administrator_may_look_but_not_touch(admin_client):
    case = make_case()
    page = f"/admin/cases/case/{case.id}/change/"

    looked = admin_client.get(page)
    tried = admin_client.post(page, {"state": "closed"})
    added = admin_client.get("/admin/cases/case/add/")

    assert (looked.status_code, tried.status_code, added.status_code) == (200, 403, 403)
    assert case.case_no in admin_client.get("/admin/cases/case/").content.decode()
    assert Case.objects.get().state == "reported"
