from django.contrib import admin
from django.urls import include, path, re_path

from ningjulan.project.api import api
from ningjulan.project.views import front_page, healthz

urlpatterns = [
    path("healthz", healthz),
    path("admin/", admin.site.urls),
    path("_allauth/", include("allauth.headless.urls")),
    path("api/", api.urls),
    path("map/", include("ningjulan.maps.urls")),
    re_path(r"^(?!api/|admin/|_allauth/|static/|map/|ingest/|live).*$", front_page),
]
