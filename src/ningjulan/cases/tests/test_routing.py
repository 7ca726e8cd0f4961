from ningjulan.cases.domain.routing import UNIT_KIND_OF_CATEGORY
from ningjulan.catalog import facade as catalog


def test_every_category_has_a_usual_unit():
    assert set(UNIT_KIND_OF_CATEGORY) == {code.code for code in catalog.code_list("CL_CATEGORY").codes}
