from django.urls import path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

from issuance.api import views

app_name = "issuance-api"
urlpatterns = [
    path("awards/<uuid:public_id>", views.AwardView.as_view(), name="award"),
    path("verify", views.VerifyView.as_view(), name="verify"),
    path(
        "schema",
        SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[AllowAny], api_version="v1"),
        name="schema",
    ),
]
