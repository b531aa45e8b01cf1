from pathways.views import (
    building,
    capstones,
    cases,
    committee,
    keeping,
    managing,
    moving,
    pathways,
    planning,
    settings,
    simulating,
    what_if,
)

app_name = "pathways"
urlpatterns = [
    *pathways.urlpatterns,
    *managing.urlpatterns,
    *building.urlpatterns,
    *committee.urlpatterns,
    *cases.urlpatterns,
    *planning.urlpatterns,
    *what_if.urlpatterns,
    *settings.urlpatterns,
    *simulating.urlpatterns,
    *keeping.urlpatterns,
    *moving.urlpatterns,
    *capstones.urlpatterns,
]
