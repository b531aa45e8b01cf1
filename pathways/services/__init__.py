"""The commands on pathways and designation cases, the only writers."""

from .building import Asks as Asks
from .building import add_rule as add_rule
from .building import change_rule as change_rule
from .building import move_rule as move_rule
from .building import remove_rule as remove_rule
from .building import start_version as start_version
from .cases import ask_committee as ask_committee
from .cases import confirm_case as confirm_case
from .cases import decline_case as decline_case
from .cases import open_case as open_case
from .cases import open_due_cases as open_due_cases
from .pathways import create_pathway as create_pathway
from .pathways import is_open_to as is_open_to
from .pathways import join_pathway as join_pathway
from .pathways import publish_pathway as publish_pathway
