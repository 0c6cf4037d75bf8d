"""How many examples the tests try: few by default, many with COMMONHOLD_EXAMPLES=long (`make verify`)."""

import os
from typing import Final

LONG: Final = os.environ.get("COMMONHOLD_EXAMPLES") == "long"
