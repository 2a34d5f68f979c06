"""What users read of the rows that are trained on."""

from __future__ import annotations

from collections.abc import Iterator

from moxi_train.prepare import DataReport


def lines(report: DataReport, row_tokens: int) -> Iterator[str]:
    """Rows, tokens, packing, and what was refused, a line each."""
    general = f", {report.general:,} of them general" if report.general else ""
    yield f"{report.rows:,} rows to train on{general}, {report.validation:,} for validation"
    yield (
        f"  {report.tokens:,} tokens, {report.answer_tokens:,} of them learned; packed into "
        f"{report.packed_rows:,} rows of {row_tokens:,}, {report.packing(row_tokens):.1%} full"
    )
    if report.shortened:
        yield f"  code left out of {report.shortened:,} prompts, for their budget"
    for reason, count in report.refused.items():
        yield f"  not trained on: {count:,} {reason}"
