from learners.views import (
    agreement,
    appeals,
    assessing,
    availability,
    concerns,
    enrolling,
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
    *enrolling.urlpatterns,
    *evidence.urlpatterns,
    *marking_tools.urlpatterns,
    *assessing.urlpatterns,
    *concerns.urlpatterns,
    *appeals.urlpatterns,
    *observation.urlpatterns,
    *releasing.urlpatterns,
    *second_marking.urlpatterns,
    *load.urlpatterns,
    *agreement.urlpatterns,
    *availability.urlpatterns,
    *notices.urlpatterns,
]
