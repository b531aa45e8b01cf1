from issuance.views import lists, offline, public, receipts, records, sharing, verifiers, watches

app_name = "issuance"
urlpatterns = [
    *public.urlpatterns,
    *verifiers.urlpatterns,
    *lists.urlpatterns,
    *receipts.urlpatterns,
    *watches.urlpatterns,
    *offline.urlpatterns,
    *records.urlpatterns,
    *sharing.urlpatterns,
]
