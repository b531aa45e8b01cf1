from django.urls import path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from issuance.api import awards, catalog, many, views

app_name = "issuance-api"
urlpatterns = [
    path("awards/<uuid:public_id>", views.AwardView.as_view(), name="award"),
    path("awards", awards.AwardsView.as_view(), name="awards"),
    path("verify", views.VerifyView.as_view(), name="verify"),
    path("verify/many", many.VerifyManyView.as_view(), name="verify-many"),
    path("verify/many/<slug:token>", many.ManyResultView.as_view(), name="verify-many-result"),
    path("catalog", catalog.CatalogView.as_view(), name="catalog"),
    path("catalog/<uuid:public_id>", catalog.CatalogEntryView.as_view(), name="catalog-entry"),
    path(
        "schema",
        SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[AllowAny], api_version="v1"),
        name="schema",
    ),
    path("<path:rest>", views.NothingView.as_view(), name="nothing"),
]
