from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from ningjulan.project.api import api
from ningjulan.project.metrics import metrics
from ningjulan.project.views import front_page, healthz

urlpatterns = [
    path("healthz", healthz),
    path("metrics", metrics),
    # One way in, with its rate limit and second factor: Django's own login page has neither.
    path("admin/login/", RedirectView.as_view(url="/")),
    path("admin/", admin.site.urls),
    path("_allauth/", include("allauth.headless.urls")),
    path("api/", api.urls),
    path("map/", include("ningjulan.maps.urls")),
    re_path(r"^(?!api/|admin/|_allauth/|static/|map/|ingest/|live|metrics$).*$", front_page),
]
