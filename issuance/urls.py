from issuance.views import lists, public, records, sharing

app_name = "issuance"
urlpatterns = [*lists.urlpatterns, *public.urlpatterns, *records.urlpatterns, *sharing.urlpatterns]
