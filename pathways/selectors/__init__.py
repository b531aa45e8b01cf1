"""Reads that compute: what a pathway asks, and what a learner has and still needs."""

from .asking import Asked as Asked
from .asking import asked as asked
from .asking import asked_by as asked_by
from .asking import newest_published as newest_published
from .committee import Tally as Tally
from .committee import quorum as quorum
from .committee import tally as tally
from .drawing import groups as groups
from .holding import Known as Known
from .holding import standing_awards as standing_awards
from .mapping import Drawing as Drawing
from .mapping import drawing as drawing
from .planning import PlanView as PlanView
from .planning import made_up as made_up
from .planning import plan as plan
from .planning import plannable as plannable
from .planning import title_of as title_of
from .standing import Evidence as Evidence
from .standing import Standing as Standing
from .standing import evidence as evidence
from .standing import met as met
from .standing import progress as progress
from .standing import qualified as qualified
from .standing import standings as standings
from .standing import unsettled as unsettled
