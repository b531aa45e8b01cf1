from learners.views import (
    assessing,
    availability,
    concerns,
    evidence,
    learning,
    load,
    marking_tools,
    notices,
    observation,
    releasing,
    second_marking,
)

app_name = "learners"
urlpatterns = [
    *learning.urlpatterns,
    *evidence.urlpatterns,
    *marking_tools.urlpatterns,
    *assessing.urlpatterns,
    *concerns.urlpatterns,
    *observation.urlpatterns,
    *releasing.urlpatterns,
    *second_marking.urlpatterns,
    *load.urlpatterns,
    *availability.urlpatterns,
    *notices.urlpatterns,
]
