"""Places and units over HTTP."""

from ninja import Router, Schema

from ningjulan.foundation.api import PROBLEMS, ActorRequest
from ningjulan.registry import selectors
from ningjulan.registry.contracts import Area, Unit

router = Router(tags=["registry"])


class AreaOut(Schema):
    code: str
    name: str
    level: str
    parent_code: str
    lon: float | None
    lat: float | None
    n_addresses: int


class UnitOut(Schema):
    code: str
    name: str
    kind: str
    area_code: str


@router.get("/areas", response={200: list[AreaOut], **PROBLEMS}, operation_id="listAreas")
def list_areas(request: ActorRequest, tenant: str) -> list[Area]:
    """区域：本人管辖范围内的社区与网格。"""
    return selectors.list_areas(request.auth, tenant, levels=["community", "grid"])


@router.get("/units", response={200: list[UnitOut], **PROBLEMS}, operation_id="listUnits")
def list_units(request: ActorRequest, tenant: str) -> list[Unit]:
    """处置单位：为本人管辖范围服务的单位。"""
    return selectors.list_units(request.auth, tenant)
