"""Holds the claims of a README against the code: `check_readme(path) -> Report`."""

from moxi_check.check import Report, check_readme, check_text
from moxi_check.claim import Claim

__all__ = ["Claim", "Report", "check_readme", "check_text"]
