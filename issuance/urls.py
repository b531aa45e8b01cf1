from issuance.views import (
    classes,
    directory,
    letters,
    links,
    lists,
    offline,
    public,
    receipts,
    record,
    records,
    sharing,
    shown,
    verifiers,
    watches,
)

app_name = "issuance"
urlpatterns = [
    *public.urlpatterns,
    *shown.urlpatterns,
    *verifiers.urlpatterns,
    *lists.urlpatterns,
    *receipts.urlpatterns,
    *watches.urlpatterns,
    *offline.urlpatterns,
    *directory.urlpatterns,
    *records.urlpatterns,
    *sharing.urlpatterns,
    *links.urlpatterns,
    *record.urlpatterns,
    *classes.urlpatterns,
    *letters.urlpatterns,
]
