"""The commands on pathways and designation cases, the only writers."""

from .cases import ask_committee as ask_committee
from .cases import confirm_case as confirm_case
from .cases import decline_case as decline_case
from .cases import open_case as open_case
from .cases import open_due_cases as open_due_cases
from .pathways import create_pathway as create_pathway
from .pathways import is_open_to as is_open_to
from .pathways import join_pathway as join_pathway
from .pathways import publish_pathway as publish_pathway
