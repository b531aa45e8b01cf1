from issuance.views import public, records, sharing

app_name = "issuance"
urlpatterns = [*public.urlpatterns, *records.urlpatterns, *sharing.urlpatterns]
