"""What can go wrong, with a stable code, an exit code and a hint for each.

==== ============================== =========
code about                          exit code
==== ============================== =========
P1xx the call and the settings      2, 78
P2xx the input, one article         65, 66
P3xx models, databases and packages 69, 75
P4xx the output                     65, 73, 74, 75, 141
P5xx the processing of one article  70
P6xx a record that breaks its rules 65
P7xx a request to the server        its HTTP status
P9xx interrupted, or a bug of ours  130, 70
==== ============================== =========

A problem of one article becomes a value, ``outcomes.Failure``, and goes to the dead letters; only a
problem of the run raises.
"""

# ruff: noqa: N818 - an error is named for what happened, which the code and the hint then explain

from __future__ import annotations

from typing import ClassVar

from pipeline.terminal import safe

ExitCode = int

OK: ExitCode = 0
SOME_FAILED: ExitCode = 1
USAGE: ExitCode = 2
BAD_DATA: ExitCode = 65
NO_INPUT: ExitCode = 66
UNAVAILABLE: ExitCode = 69
BUG: ExitCode = 70
CANNOT_CREATE: ExitCode = 73
IO_ERROR: ExitCode = 74
LOCKED: ExitCode = 75
BAD_SETTINGS: ExitCode = 78
INTERRUPTED: ExitCode = 130
BROKEN_PIPE: ExitCode = 141
"""What a shell reports of a program whose reader went away (128 + SIGPIPE)."""


class PipelineError(Exception):
    """Anything that the pipeline refuses or fails to do.

    ``where`` names the input, the file or the setting that it happened in.
    """

    code: ClassVar[str] = "P900"
    exit_code: ClassVar[ExitCode] = BUG
    hint: str = "please report this with the command that you ran"

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        if hint is not None:
            self.hint = hint

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message

    def report(self) -> str:
        """Return the lines that a person is shown, safe for any terminal.

        >>> print(ArticleTooLong("3,226,614 bytes, limit 2,000,000", where="novel.txt").report())
        error[P203]: novel.txt: 3,226,614 bytes, limit 2,000,000
        hint: split the file, or raise max_bytes in pipeline.toml
        """
        message = f"error[{self.code}]: {safe(str(self))}"
        return message + (f"\nhint: {safe(self.hint)}" if self.hint else "")


class UsageError(PipelineError):
    """The command or the function was called in a way that it does not understand."""

    code = "P101"
    exit_code = USAGE
    hint = "see pipeline --help"


class BadDate(UsageError):
    """A date is not of the form YYYY-MM-DD."""

    code = "P102"
    hint = "write the date as YYYY-MM-DD, for example 2025-05-01"


class SettingsError(PipelineError):
    """A setting has a value that it cannot have."""

    code = "P111"
    exit_code = BAD_SETTINGS
    hint = "pipeline info lists every setting with its value and origin"


class UnknownSetting(SettingsError):
    """There is no setting of that name."""

    code = "P112"


class SettingsUnreadable(SettingsError):
    """The file of settings is missing or is not TOML."""

    code = "P113"
    hint = "settings are lines such as: max_bytes = 4_000_000"


class ArticleError(PipelineError):
    """One article cannot be used."""

    code = "P200"
    exit_code = BAD_DATA
    hint = ""


class InputNotFound(ArticleError):
    """There is no such file, or nothing matches the pattern."""

    code = "P201"
    exit_code = NO_INPUT
    hint = "check the path; a folder, a quoted glob or - (stdin) will do as well"


class NotAFile(ArticleError):
    """The input is a symbolic link, a FIFO, a socket or a device."""

    code = "P202"
    exit_code = NO_INPUT
    hint = "name the file itself, or pipe its text in: cat FILE | pipeline extract -"


class ArticleTooLong(ArticleError):
    """The article exceeds ``settings.max_bytes``."""

    code = "P203"
    hint = "split the file, or raise max_bytes in pipeline.toml"


class EmptyArticle(ArticleError):
    """The article holds nothing but white space."""

    code = "P204"
    hint = "nothing to extract: leave it out, or look at how it was exported"


class NotText(ArticleError):
    """The bytes are no text in any encoding that was recognised."""

    code = "P205"
    hint = "convert it to UTF-8 text first, for example with iconv, pdftotext or pandoc"


class BadRow(ArticleError):
    """A line of JSONL, a row of a table or an object of JSON is not an article."""

    code = "P206"
    hint = 'each row has its text under "text"; name another key or column with --text-key'


class DuplicateId(ArticleError):
    """Two articles of one run have the same id and different texts."""

    code = "P207"
    hint = "ids name articles in databases: give each its own"


class NoArticleInPage(ArticleError):
    """No article text was found in a web page."""

    code = "P208"
    hint = "save the page with its text, or pass the text itself as .txt"


class PageTooComplex(ArticleError):
    """A web page has more elements, attributes or levels than are parsed."""

    code = "P226"
    hint = "pass the text of the article itself as .txt"


class Unreadable(ArticleError):
    """The operating system would not let the input be read."""

    code = "P209"
    exit_code = NO_INPUT
    hint = "check the permissions of the file"


class ArticleChanged(ArticleError):
    """The input is not what it was when the run was planned."""

    code = "P210"
    exit_code = NO_INPUT
    hint = "leave the input alone while a run reads it; a run planned anew reads it as it is now"


class UnknownSuffix(ArticleError):
    """The suffix of a file that was named does not tell a format that is read."""

    code = "P220"
    hint = "give the format with --as, for example --as text"


class Malformed(ArticleError):
    """The file is damaged, or not of the format that its name says."""

    code = "P221"
    hint = "check how the file was exported, or give its format with --as"


class NoArticles(ArticleError):
    """The file is valid JSON or XML, but of a kind that holds no articles that can be read."""

    code = "P222"
    hint = "see the formats in docs/how-to/own-articles.md, or export the articles as JSONL"


class NoTextColumn(ArticleError):
    """The header of a table does not name the column of the text."""

    code = "P223"
    hint = "name the column with --text-key"


class ExpandsTooFar(ArticleError):
    """A small file expands to far more data than an article has: a decompression or XML bomb."""

    code = "P224"
    hint = "unpack the file yourself if you trust it"


class NothingToRead(ArticleError):
    """The folders and patterns hold no file of a format that is read."""

    code = "P225"
    exit_code = NO_INPUT
    hint = "the suffixes that are read are listed in pipeline extract --help"


class NoRun(PipelineError):
    """The folder holds no run."""

    code = "P211"
    exit_code = NO_INPUT
    hint = "name the folder that pipeline batch was given with -o"


class RecordsChanged(PipelineError):
    """A file of records is not what it was when the server read it."""

    code = "P212"
    exit_code = NO_INPUT
    hint = "start pipeline view --serve again: it shows the records as they are now"


class ModelError(PipelineError):
    """A model cannot be used."""

    code = "P300"
    exit_code = UNAVAILABLE
    hint = "pipeline info says what is installed"


class ModelMissing(ModelError):
    """No spaCy pipeline of that name is installed."""

    code = "P301"
    hint = "name an installed spaCy pipeline, or the folder of a saved one"


class ModelUnsuitable(ModelError):
    """The model lacks a component that the stages read, or cannot be unpacked."""

    code = "P302"
    hint = "use a spaCy pipeline with a tagger, a parser and a named entity recogniser"


class ModelChanged(ModelError):
    """A file of a model differs from the manifest."""

    code = "P303"
    hint = "reinstall the package that the model came with"


class ManifestUnreadable(ModelError):
    """``models/manifest.toml`` is missing or malformed."""

    code = "P304"
    hint = "reinstall the package: pip install --force-reinstall news-extraction-pipeline"


class ExtraMissing(ModelError):
    """A package is needed that only an extra brings along."""

    code = "P305"
    hint = "install the extra, as in: pip install 'news-extraction-pipeline[serve]'"


class WorkerUnavailable(PipelineError):
    """No worker came up: each ended while it loaded the models."""

    code = "P306"
    exit_code = UNAVAILABLE
    hint = "check the memory: a worker takes about 0.5 GB; fewer --workers take less"


class StorageUnavailable(PipelineError):
    """The storage that a run lies in cannot be reached or read."""

    code = "P308"
    exit_code = UNAVAILABLE
    hint = "check the address, the credentials and the network; the same command then goes on"


class StorageUnsuitable(StorageUnavailable):
    """The storage cannot make sure that one process alone works on a run."""

    code = "P309"
    hint = "use a store that refuses to create what exists, or a folder that all machines share"


class DatabaseError(PipelineError):
    """A database cannot be used."""

    code = "P310"
    exit_code = UNAVAILABLE
    hint = "check the address, and that the database is up"


class BadDatabaseUrl(DatabaseError):
    """The address is none of a database that records can be loaded into."""

    code = "P311"
    hint = (
        "for example sqlite:///news.db, postgresql://user@host/news, duckdb:///news.duckdb "
        "or news.parquet"
    )


class DatabaseUnavailable(DatabaseError):
    """The database cannot be reached or opened."""

    code = "P312"


class DatabaseUnsuitable(DatabaseError):
    """The database holds tables of the same names that are not of this schema."""

    code = "P313"
    hint = "load into an empty database"


class DatabaseBusy(DatabaseError):
    """Another program keeps the database locked."""

    code = "P314"
    exit_code = LOCKED
    hint = "try again when the other program is done: loading goes on where it stopped"


class EngineUnavailable(PipelineError):
    """The engine that is to work on the shards cannot be reached or started."""

    code = "P307"
    exit_code = UNAVAILABLE
    hint = "check the address, or leave out --engine to work on this machine"


class AddressTaken(PipelineError):
    """The server cannot listen at the address that it was given."""

    code = "P315"
    exit_code = UNAVAILABLE
    hint = "choose another port with --port; --port 0 takes any that is free"


class OutputError(PipelineError):
    """The output cannot be written."""

    code = "P400"
    exit_code = CANNOT_CREATE
    hint = ""


class OutputExists(OutputError):
    """The output exists and holds something else."""

    code = "P401"
    hint = "pass --force to replace it, or -o FILE to write elsewhere (-o - for stdout)"


class OutputNotCreated(OutputError):
    """The output file cannot be created."""

    code = "P402"
    hint = "check the folder and its permissions, or write elsewhere with -o FILE"


class WriteFailed(OutputError):
    """Writing stopped half way; nothing was put in place."""

    code = "P403"
    exit_code = IO_ERROR
    hint = "check the space left on the disk; the output was not touched"


class ReaderGone(OutputError):
    """Whoever read what we print stopped reading: nothing is wrong, and there is nothing to say."""

    code = "P404"
    exit_code = BROKEN_PIPE


class RunDiffers(OutputError):
    """The folder holds a run with other settings, models or inputs."""

    code = "P405"
    hint = "choose another folder with -o; --since RUN leaves out what is in that one"


class RunLocked(OutputError):
    """Another process works on the same run."""

    code = "P406"
    exit_code = LOCKED
    hint = "wait for it to end; pipeline status RUN says how far it is"


class RunDamaged(OutputError):
    """A file of a run is not the one that the run wrote."""

    code = "P407"
    exit_code = BAD_DATA
    hint = "restore the folder, or start over in another one"


class NotOurFile(RunDamaged):
    """A link, a FIFO or a device is where a run or a review keeps a file."""

    code = "P408"
    hint = "nothing was read or written through it; remove it, or do not trust this folder"


class SystemRefused(OutputError):
    """The operating system refused something that the command needs."""

    code = "P409"
    exit_code = IO_ERROR
    hint = "check the disk, the quota and the limits of the process; then run the command again"


class LoadFailed(OutputError):
    """The database refused to store records; whole articles that were stored before stay."""

    code = "P410"
    exit_code = IO_ERROR
    hint = "mend the cause and load again: what is there already is not loaded twice"


class StageFailed(PipelineError):
    """A stage raised on one article; this is a bug of ours."""

    code = "P501"
    hint = "please report it with the article, if you may share it"


class TooDeep(StageFailed):
    """One article nests deeper than a stage can follow."""

    code = "P502"
    hint = "look for thousands of nested marks or brackets in the article"


class OutOfMemory(StageFailed):
    """There was not enough memory for one article."""

    code = "P503"
    hint = "split the article, or lower segment_chars"


class ArticleTooSlow(ArticleError):
    """One article took more than ``settings.max_seconds``."""

    code = "P504"
    exit_code = BUG
    hint = "raise max_seconds, or split the article; then extract it, or: pipeline retry RUN"


class WorkerDied(ArticleError):
    """The process that worked on an article died or hung, and did so again with it alone."""

    code = "P505"
    exit_code = BUG
    hint = "the article takes all memory, or hangs; please report it if you may share it"


class BrokenRecord(PipelineError):
    """A line is not a record of the current schema."""

    code = "P601"
    exit_code = BAD_DATA
    hint = "pipeline schema json prints what a record looks like"


class BadCorrection(PipelineError):
    """What is to be a correction is none, or it does not fit the record that it is for."""

    code = "P602"
    exit_code = BAD_DATA
    hint = "a correction is one line of JSON, as pipeline view --serve appends it"


class RequestError(PipelineError):
    """The server refuses a request; no command ends by it."""

    code = "P700"
    exit_code = USAGE
    hint = "GET /openapi.json tells what the server understands"
    status: int = 400


class ForeignRequest(RequestError):
    """A request that a page of another site may have made a browser send."""

    code = "P701"
    hint = "call the server by its own address, or by its number"
    status = 403


class NotJson(RequestError):
    """The body of a request is of another type than JSON."""

    code = "P702"
    hint = "send Content-Type: application/json"
    status = 415


class BodyTooLarge(RequestError):
    """The body of a request is larger than any article may be."""

    code = "P703"
    hint = "split the article, or raise max_bytes in pipeline.toml"
    status = 413


class NoSuchRecord(RequestError):
    """The server has no record of that id."""

    code = "P704"
    hint = "GET /records lists the records; percent-encode the id"
    status = 404


class ServerBusy(RequestError):
    """Too many articles wait to be extracted, or the server is about to end."""

    code = "P705"
    hint = "try again after the seconds that Retry-After gives"
    status = 503


class BadParameter(RequestError):
    """A parameter of a request has a value that it cannot have."""

    code = "P706"
    status = 422


def by_code() -> dict[str, type[PipelineError]]:
    """Return every class of error by its code."""
    kinds = [PipelineError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    return {kind.code: kind for kind in kinds}
