"""The error tree. Every message is one sentence: what was wrong, and the mend."""


class MoxiError(Exception):
    """An expected failure: shown to the user as one line, exit code 2."""

    exit_code = 2


class SourceError(MoxiError):
    """The repository cannot be read: no such path, not a directory, unreachable URL."""


class SourceGoneError(SourceError):
    """There is no such repository, or it is not public: trying again is of no use."""


class SourceTooLargeError(SourceError):
    """The repository is larger than the caller allows."""


class SourceUnreachableError(SourceError):
    """The server did not answer as one should: trying again later may help."""


class SourceTimeoutError(SourceUnreachableError):
    """The server, or the network, is too slow for the time that was given."""


class OutputError(MoxiError):
    """The README cannot be written where it was asked for."""


class HubDownError(OutputError):
    """The Hub does not answer as it should: trying again later may help."""


class SettingsError(MoxiError):
    """A setting, an environment variable or a line of `moxi.toml` is wrong."""


class TemplateError(MoxiError):
    """A user's template cannot be loaded or rendered."""


class ManifestError(MoxiError):
    """A manifest cannot be parsed; the analyzer goes on without it and records the problem."""


class StoreError(MoxiError):
    """The store cannot be opened, reached or written to."""


class RecordError(StoreError):
    """A record that no store can hold; the others can go on."""


class CollectError(MoxiError):
    """Collecting cannot start or go on: a wrong token, address, list or source."""


class CardError(MoxiError):
    """A model card cannot be made or published of what was given."""


class TrainError(MoxiError):
    """Training cannot go on: what was saved stays, and the message says how to resume."""

    exit_code = 1


class ServeError(MoxiError):
    """The server of a model did not start, or has ended."""

    exit_code = 1


class LlmError(MoxiError):
    """A model's server cannot be reached, refuses, or answers what is no answer."""


class LlmStopError(LlmError):
    """No further request is of use now: no such model, or the user has stopped."""


class LlmKeyError(LlmStopError):
    """The server refuses the key."""


class LlmQuotaError(LlmStopError):
    """The account has no more to spend."""


class LlmBudgetError(LlmStopError):
    """One more request could cost more than the user allows."""


class LlmRateError(LlmError):
    """The server allows no more requests now, after all retries."""


class LlmServerError(LlmError):
    """The server fails, is too slow, talks of other things or cannot be reached, after all retries."""


class LlmEmptyError(LlmError):
    """The model says nothing."""


class LlmRefusalError(LlmError):
    """The model refuses to answer."""


class LlmCutOffError(LlmError):
    """The answer ends where its length was used up."""
