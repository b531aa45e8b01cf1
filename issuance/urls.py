from issuance.views import lists, public, records, sharing, verifiers

app_name = "issuance"
urlpatterns = [
    *public.urlpatterns,
    *verifiers.urlpatterns,
    *lists.urlpatterns,
    *records.urlpatterns,
    *sharing.urlpatterns,
]
