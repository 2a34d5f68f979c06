"""What is not kept of people and machines: mail addresses and secrets, wherever a sample has them."""

from __future__ import annotations

from dataclasses import replace

from moxi_analyzer.mail import private_file, private_text, without_mail
from moxi_analyzer.redact import redact_fact
from moxi_core.records import Fact
from moxi_core.samples import ReadmeSample


def private(sample: ReadmeSample) -> ReadmeSample:
    """The sample without mail addresses and secrets; names, license and origin stay."""
    return replace(
        sample,
        readme=private_text(sample.readme),
        description=private_text(sample.description),
        key_files=tuple(map(private_file, sample.key_files)),
        facts=tuple(map(_fact, sample.facts)),
        contradicted=tuple(
            replace(one, text=private_text(one.text)) for one in sample.contradicted
        ),
    )


def _fact(fact: Fact) -> Fact:
    detail = {key: without_mail(value) for key, value in fact.detail.items()}
    cleaned = replace(
        fact, value=without_mail(fact.value), text=without_mail(fact.text), detail=detail
    )
    return redact_fact(cleaned)
