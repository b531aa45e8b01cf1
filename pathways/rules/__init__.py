"""What a pathway asks and whether it is met, explained in sentences. Pure Python: no Django, no database, no clock.

A pathway is a tree of rules: credentials, groups to choose from, sequences, sums of hours and points, competencies to cover,
observations, professions, a capstone. `evaluate` says what is met and missing on a day, which award counts where, and the
least that would complete it.
"""

from .completion import impossible as impossible
from .counting import SHARE as SHARE
from .evaluation import Progress as Progress
from .evaluation import evaluate as evaluate
from .evaluation import months_before as months_before
from .model import AllOf as AllOf
from .model import Capstone as Capstone
from .model import Choose as Choose
from .model import Competency as Competency
from .model import Confirmation as Confirmation
from .model import Coverage as Coverage
from .model import Facts as Facts
from .model import Held as Held
from .model import Hours as Hours
from .model import InOrder as InOrder
from .model import Item as Item
from .model import Line as Line
from .model import Observed as Observed
from .model import Outside as Outside
from .model import Pathway as Pathway
from .model import Points as Points
from .model import Professions as Professions
from .model import Required as Required
from .model import Rule as Rule
from .model import RuleError as RuleError
from .model import Seen as Seen
from .model import leaves_of as leaves_of
from .model import parts_of as parts_of
from .model import walk as walk
from .solving import load_solver as load_solver
from .words import all_of as all_of
from .words import day_in_words as day_in_words
from .words import hours_in_words as hours_in_words
from .words import in_words as in_words
from .words import name_of as name_of
from .words import sentence as sentence
