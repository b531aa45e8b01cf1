"""What a pathway asks and whether it is met, explained in sentences. Pure Python: no Django, no database, no clock.

A pathway is a list of rules: credentials that are required, groups to choose from, hours over all components, a capstone,
distinct professions. `evaluate` says what is met and missing on a day and which award counts where.
"""

from .completion import impossible as impossible
from .evaluation import Progress as Progress
from .evaluation import evaluate as evaluate
from .model import AllOf as AllOf
from .model import Capstone as Capstone
from .model import Choose as Choose
from .model import Held as Held
from .model import Hours as Hours
from .model import Item as Item
from .model import Line as Line
from .model import Pathway as Pathway
from .model import Required as Required
from .model import Rule as Rule
from .model import RuleError as RuleError
from .model import items_of as items_of
from .words import hours_in_words as hours_in_words
from .words import in_words as in_words
