from credentials.views import (
    catalog,
    committee,
    editor,
    endorsements,
    exchange,
    frameworks,
    links,
    manage,
    opinions,
    proposals,
)

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
    *committee.urlpatterns,
    *links.urlpatterns,
]
