from django.conf import settings
from django.urls import include, path, re_path

from config import views
from issuance.api.views import NothingView

handler500 = "config.views.server_error"

urlpatterns = [
    path("", views.landing, name="landing"),
    path("words/", views.glossary, name="glossary"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    # Addresses are tried in turn: the pages of strangers, who are the most, stand before those of the signed-in.
    path("", include("issuance.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("credentials.urls")),
    path("", include("learners.urls")),
    path("", include("pathways.urls")),
    path("api/v1/", include("issuance.api.urls")),
    path("vc/", include("issuance.vc_api.urls")),
    re_path("^api(?:/.*)?$", NothingView.as_view(), name="api-nothing"),
]
if settings.DEBUG:
    urlpatterns.append(path("_components/", include("config.gallery")))
