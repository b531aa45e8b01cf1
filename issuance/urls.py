from issuance.views import lists, offline, public, receipts, records, sharing, verifiers, watches
from issuance.views import directory, links, lists, public, record, records, sharing, shown

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
    *shown.urlpatterns,
    *lists.urlpatterns,
    *directory.urlpatterns,
    *records.urlpatterns,
    *sharing.urlpatterns,
    *links.urlpatterns,
    *record.urlpatterns,
]
