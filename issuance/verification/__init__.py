"""Checking what was issued: one answer for page, API and file check."""

from .awards import Verdict as Verdict
from .awards import holder_name as holder_name
from .awards import own_award as own_award
from .awards import shared_award as shared_award
from .awards import standings as standings
from .awards import title_of as title_of
from .endorsements import EndorsementVerdict as EndorsementVerdict
from .endorsements import endorsement_verdict as endorsement_verdict
from .files import FILE_MAX_BYTES as FILE_MAX_BYTES
from .files import JSON_MAX_BYTES as JSON_MAX_BYTES
from .files import FileVerdict as FileVerdict
from .files import check_file as check_file
from .holding import same_holder as same_holder
from .lists import answer_of as answer_of
from .lists import check_link as check_link
from .lists import own_id as own_id
from .lists import rows_now as rows_now
from .offline import offline_bundle as offline_bundle
from .offline import published_lists as published_lists
from .registry import ListVersion as ListVersion
from .registry import Registry as Registry
from .registry import did_document as did_document
from .registry import verify_bytes as verify_bytes
from .words import LIST_WORDS as LIST_WORDS
