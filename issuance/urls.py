from issuance.views import lists, public, records, sharing

app_name = "issuance"
urlpatterns = [*public.urlpatterns, *lists.urlpatterns, *records.urlpatterns, *sharing.urlpatterns]
