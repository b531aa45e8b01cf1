from credentials.views import catalog, editor, endorsements, exchange, frameworks, links, manage, opinions, proposals

app_name = "credentials"
urlpatterns = [
    *catalog.urlpatterns,
    *manage.urlpatterns,
    *editor.urlpatterns,
    *frameworks.urlpatterns,
    *exchange.urlpatterns,
    *opinions.urlpatterns,
    *endorsements.urlpatterns,
    *proposals.urlpatterns,
    *links.urlpatterns,
]
