from django.urls import path

from issuance.vc_api import views

app_name = "vc-api"
urlpatterns = [
    path("credentials/issue", views.IssueCredentialView.as_view(), name="issue-credential"),
    path("credentials/status", views.CredentialStatusView.as_view(), name="credential-status"),
    path("credentials/verify", views.VerifyCredentialView.as_view(), name="verify-credential"),
    path("presentations/verify", views.VerifyPresentationView.as_view(), name="verify-presentation"),
]
