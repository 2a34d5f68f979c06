"""What a repository vouches for: stricter than judging claims, for text that no person wrote.

A person's README is innocent until the code contradicts it. Of a model's sentence each name, number,
link and piece of code must be found in the repository, or the sentence is doubted.
"""

from moxi_check.vouch.known import Known
from moxi_check.vouch.sentence import Doubt, Voucher

__all__ = ["Doubt", "Known", "Voucher"]
