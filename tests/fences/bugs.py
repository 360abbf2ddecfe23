"""All that is broken on purpose, by the name that ``--bug`` takes."""

from tests.fences.bugs_of_keeping import BUGS_OF_KEEPING
from tests.fences.bugs_of_reach import BUGS_OF_REACH

BUGS = {**BUGS_OF_REACH, **BUGS_OF_KEEPING}
