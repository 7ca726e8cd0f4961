from django.urls import path

from ningjulan.maps.views import town_points, town_tiles

urlpatterns = [
    path("town.pmtiles", town_tiles),
    path("addresses.f32", town_points),
]
