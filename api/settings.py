"""The settings of the engine: environment variables that begin with MEDIATION_, and DATABASE_URL."""

import os
import re
import secrets
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.http.cors import checked_origin
from api.http.issuer_settings import Accepted
from api.http.rates import Kind
from mediation.gateways.chosen import Chosen
from mediation.gateways.mail.chosen import ByMail
from mediation.gateways.notices_chosen import NoticesFrom
from mediation.gateways.translation.chosen import ChosenTranslator
from mediation.gateways.webhooks.addresses import Network
from mediation.store.keys.masters import Given, InFile, Masters

_PerMinute = Annotated[
    int,
    Field(
        ge=0, description="How many requests of this class a caller may send to one worker in a minute. 0: any number."
    ),
]
_SECRET_BYTES = 32
_FEWEST = 10
"""The fewest different bytes in a secret. Of random secrets, one in 10**29 has fewer; one typed by hand has."""


def _lowered(given: object) -> object:
    return given.lower() if isinstance(given, str) else given


class LogSettings(BaseSettings):
    """How a process writes its log. Every command reads these, also one that has no engine's data."""

    model_config = SettingsConfigDict(env_prefix="MEDIATION_", extra="ignore")

    log_format: Annotated[
        Literal["text", "json"], BeforeValidator(_lowered), Field(description="Lines for people, or JSON for programs.")
    ] = "text"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        BeforeValidator(_lowered),
        Field(description="What is less important is not logged. The line about each request is `info`."),
    ] = "info"


class Settings(LogSettings):
    """A secret is 64 hexadecimal digits. A missing one is made at the first start and kept in `data_dir`, where only
    the owner can read it. Several workers on several machines must be given the same secrets.
    """

    database_url: Annotated[
        str | None,
        Field(
            validation_alias=AliasChoices("DATABASE_URL", "database_url"),
            description="A PostgreSQL server, 15 to 18. Without it the engine starts its own.",
        ),
    ] = None
    data_dir: Annotated[
        Path, Field(description="Secrets, evidence files, and the data of the engine's own PostgreSQL.")
    ] = Path(".data")
    evidence_url: Annotated[
        str | None,
        Field(
            description="Where the evidence files are: a folder, or a bucket such as `s3://bucket/folder`. Without it they "
            "are in the folder `blobs` of `MEDIATION_DATA_DIR`. All servers of a database share one place."
        ),
    ] = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    workers: Annotated[int, Field(ge=1, le=64, description="Processes that serve the API on one port.")] = 1
    metrics_host: str = "127.0.0.1"
    metrics_port: Annotated[
        int | None,
        Field(ge=1, le=65535, description="Where metrics for Prometheus are, at /metrics. Without it there are none."),
    ] = None
    console: Annotated[bool, Field(description="Whether there are pages for people at /console.")] = True
    public_url: Annotated[
        Annotated[str, AfterValidator(checked_origin)] | None,
        Field(
            description="Where people reach this server, such as https://disputes.example.com. Links to the console begin "
            "with it, and identity providers send people back to it. Without it: the host and port above."
        ),
    ] = None
    cors_origins: Annotated[
        tuple[Annotated[str, AfterValidator(checked_origin)], ...],
        Field(description="The origins whose pages may use the API from a browser, as a JSON list."),
    ] = ()
    master_key: Annotated[SecretStr | None, Field(description="Wraps the data keys of persons.")] = None
    former_master_key: Annotated[
        SecretStr | None, Field(description="The master key before this one, until `mediation rotate-keys` has run.")
    ] = None
    keys_url: Annotated[
        str | None, Field(description="The PostgreSQL server of the key store, where that is a separate database.")
    ] = None
    rotate_minutes: Annotated[
        float,
        Field(
            gt=0,
            le=24 * 60 * 31,
            description="The shortest time, in minutes, between two destructions of the master key after erasures.",
        ),
    ] = 60
    blind_key: Annotated[
        SecretStr | None, Field(description="The key of the hashes from which ids and look-ups are derived.")
    ] = None
    token_key: Annotated[SecretStr | None, Field(description="Signs bearer tokens.")] = None
    accepted_token_keys: Annotated[
        tuple[SecretStr, ...],
        Field(
            max_length=10, description="Keys before `token_key` or after it, as a JSON list: their tokens are good too."
        ),
    ] = ()
    issuers: Annotated[
        tuple[Accepted, ...],
        Field(max_length=50, description="Identity providers whose tokens are accepted, as a JSON list."),
    ] = ()
    gateways: Annotated[
        dict[str, Chosen],
        Field(
            description="The payment gateway of each marketplace, as JSON. A marketplace that is not named moves its "
            "money itself."
        ),
    ] = {}
    provider_notices: Annotated[
        dict[str, NoticesFrom],
        Field(
            description="From which payment providers each marketplace takes notices about disputes, as JSON: the secrets "
            "of `stripe`, `adyen` and `paypal`. A gateway of Stripe with `notice_secret` is taken too."
        ),
    ] = {}
    translators: Annotated[
        dict[str, tuple[ChosenTranslator, ...]],
        Field(
            description="The translation engines of each marketplace, as JSON, in the order in which they are asked. The "
            "marketplace's policy says which of them may get its texts. Without any, nothing is translated."
        ),
    ] = {}
    mail: Annotated[
        dict[str, ByMail],
        Field(
            description="The mail account of each marketplace, as JSON: from it, notices leave where the marketplace's policy "
            "says that parties are told by mail."
        ),
    ] = {}
    lmtp_host: str = "127.0.0.1"
    lmtp_port: Annotated[
        int | None,
        Field(
            ge=1,
            le=65535,
            description="Where the operator's mail server hands in mails, over LMTP. Without it none are taken there.",
        ),
    ] = None
    max_mail_bytes: Annotated[
        int, Field(ge=1024, le=100 * 1024 * 1024, description="The largest mail that is taken.")
    ] = 25 * 1024 * 1024
    webhook_networks: Annotated[
        tuple[Network, ...],
        Field(
            description="Networks that are not public and to which webhooks may be sent too, as a JSON list, such as "
            '`["10.1.0.0/16"]`. To these also over http, and to any port.'
        ),
    ] = ()
    reads_pictures: Annotated[
        bool | None,
        Field(
            description="Whether this installation reads the text in pictures and PDFs, where a marketplace's policy says so. "
            "Without it: if Tesseract and Poppler are installed. With `true` the engine does not start without them."
        ),
    ] = None
    reconcile_hours: Annotated[
        float,
        Field(gt=0, le=24 * 31, description="How often the ledger is compared with the list of each payment provider."),
    ] = 24
    log_name: Annotated[
        str,
        Field(
            pattern=r"^[a-z0-9.-]+(/[a-z0-9./-]+)?$",
            max_length=100,
            description="The name of this log on its checkpoints: a host that you own, such as "
            "disputes.example.com/eu.",
        ),
    ] = "mediation.local"
    signing_key: Annotated[SecretStr | None, Field(description="Signs the checkpoints of the log.")] = None
    former_signing_key: Annotated[
        SecretStr | None, Field(description="Signs the checkpoints too, until auditors know the new key.")
    ] = None
    policy_notice_days: Annotated[
        int,
        Field(ge=0, le=360, description="How many days before it applies a policy must be published, at least."),
    ] = 0
    pool_size: Annotated[int, Field(ge=4, le=100)] = 16
    test_marketplaces: Annotated[
        frozenset[str],
        Field(description="Marketplaces for trials, as a JSON list. Their clocks can be turned."),
    ] = frozenset()
    minutes_ahead: Annotated[
        int,
        Field(
            ge=-(10**7),
            le=3 * 10**7,
            description="For tests and rehearsals only: how far the engine's clock is ahead of the machine's.",
        ),
    ] = 0
    max_file_bytes: Annotated[int, Field(ge=1, description="The largest evidence file.")] = 20 * 1024 * 1024

    reads_per_minute: _PerMinute = 120_000
    writes_per_minute: _PerMinute = 120_000
    bulk_per_minute: _PerMinute = 1_200

    @field_validator("evidence_url")
    @classmethod
    def _known_kind_of_place(cls, url: str | None) -> str | None:
        if url is not None and "://" in url and not re.fullmatch(r"s3://[^/]+(/.*)?", url):
            raise ValueError("evidence files are in a folder, or in a bucket of S3: s3://bucket/folder")
        return url

    @model_validator(mode="after")
    def _issuers_are_distinct(self) -> Self:
        if len({one.issuer for one in self.issuers}) < len(self.issuers):
            raise ValueError("MEDIATION_ISSUERS names an issuer twice")
        keys = [one.sign_in.key for one in self.issuers if one.sign_in is not None]
        if len({*keys}) < len(keys):
            raise ValueError("MEDIATION_ISSUERS has a `sign_in.key` twice")
        return self

    @model_validator(mode="after")
    def _no_real_money_at_a_made_up_time(self) -> Self:
        if self.minutes_ahead and any(gateway.moves_real_money for gateway in self.gateways.values()):
            raise ValueError("MEDIATION_MINUTES_AHEAD is for rehearsals, and MEDIATION_GATEWAYS would move real money")
        return self

    def now(self) -> datetime:
        """The engine's clock: the present, for the rules. Records, leases and tokens carry the machine's time."""
        return datetime.now(UTC) + self.apart

    @property
    def reached_at(self) -> str:
        """Where people reach this server. One that listens at all addresses is reached on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        return self.public_url or f"http://{f'[{host}]' if ':' in host and host[0] != '[' else host}:{self.port}"

    @property
    def rates(self) -> dict[Kind, int]:
        """The requests that a caller may send to one worker in a minute, by the class of the route."""
        return {"read": self.reads_per_minute, "write": self.writes_per_minute, "bulk": self.bulk_per_minute}

    @property
    def apart(self) -> timedelta:
        """How far the engine's clock is ahead of the machine's."""
        return timedelta(minutes=self.minutes_ahead)

    @property
    def evidence(self) -> str:
        """The address of the place of the evidence files."""
        return self.evidence_url or str(self.data_dir / "blobs")

    @cached_property
    def secret(self) -> "Secrets":
        return Secrets(self)

    def check_secrets(self) -> None:
        """Checks the secrets that are given or kept, and makes none: a database may hold data that need the missing ones.

        Raises ValueError and OSError.
        """
        if not self.lacking:
            self.secret.read()
            return
        for name, given in self._secrets_given.items():
            _given(given, name, weak=name not in ("MEDIATION_TOKEN_KEY", "MEDIATION_SIGNING_KEY"))
        _ = self.secret.accepted_tokens

    @property
    def _secrets_given(self) -> dict[str, SecretStr | None]:
        fields = ("master_key", "former_master_key", "blind_key", "token_key", "signing_key", "former_signing_key")
        return {f"MEDIATION_{name.upper()}": getattr(self, name) for name in fields}

    @property
    def guessable(self) -> list[str]:
        """The given secrets of the stored data that can be guessed."""
        given = {
            name: _given(self._secrets_given[name], name, weak=True)
            for name in ("MEDIATION_MASTER_KEY", "MEDIATION_BLIND_KEY")
        }
        return [name for name, key in given.items() if key is not None and can_be_guessed(key)]

    @property
    def lacking(self) -> list[str]:
        """The secrets that the stored data needs and that are neither given nor kept. Reading them would make new ones."""
        needed = (
            ("MEDIATION_MASTER_KEY", self.master_key, ("masters", "master")),
            ("MEDIATION_BLIND_KEY", self.blind_key, ("blind",)),
            ("MEDIATION_SIGNING_KEY", self.signing_key, ("signing",)),
        )
        kept = self.data_dir / "secrets"
        return [
            name for name, given, files in needed if not given and not any((kept / file).exists() for file in files)
        ]


class Secrets:
    """The keys as bytes. Each one that is not given is read where it is first needed; a missing one is made then, and kept."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.data_dir / "secrets"

    def read(self) -> None:
        """Raises ValueError for a secret that is malformed or damaged, and OSError."""
        _ = self.masters, self.blind, self.signing, self.former_signing, self.token, self.accepted_tokens

    @cached_property
    def masters(self) -> Masters:
        return _masters(self._settings, self._folder)

    @cached_property
    def blind(self) -> bytes:
        return _given(self._settings.blind_key, "MEDIATION_BLIND_KEY", weak=True) or _kept(self._folder / "blind")

    @cached_property
    def signing(self) -> bytes:
        return _given(self._settings.signing_key, "MEDIATION_SIGNING_KEY") or _kept(self._folder / "signing")

    @cached_property
    def former_signing(self) -> bytes | None:
        return _given(self._settings.former_signing_key, "MEDIATION_FORMER_SIGNING_KEY", weak=True)

    @cached_property
    def token(self) -> bytes:
        return _given(self._settings.token_key, "MEDIATION_TOKEN_KEY") or _kept(self._folder / "token")

    @cached_property
    def accepted_tokens(self) -> tuple[bytes, ...]:
        keys = (_given(key, "MEDIATION_ACCEPTED_TOKEN_KEYS") for key in self._settings.accepted_token_keys)
        return tuple(key for key in keys if key is not None)


def _masters(settings: Settings, folder: Path) -> Masters:
    newest = _given(settings.master_key, "MEDIATION_MASTER_KEY", weak=True)
    former = _given(settings.former_master_key, "MEDIATION_FORMER_MASTER_KEY", weak=True)
    if newest is None:
        return InFile(folder / "masters", before=folder / "master")
    return Given(newest, *([former] if former else []))


def _given(secret: SecretStr | None, name: str, *, weak: bool = False) -> bytes | None:
    """The secret as bytes. With `weak`, one that can be guessed is taken: stored data may have been made with it."""
    if secret is None:
        return None
    try:
        key = bytes.fromhex(secret.get_secret_value())
    except ValueError:
        key = b""
    if len(key) != _SECRET_BYTES:
        raise ValueError(f"{name} has to be {2 * _SECRET_BYTES} hexadecimal digits")
    if not weak and can_be_guessed(key):
        raise ValueError(f"{name} can be guessed: make one with `openssl rand -hex {_SECRET_BYTES}`")
    return key


def can_be_guessed(key: bytes) -> bool:
    return len(set(key)) < _FEWEST


def _kept(path: Path) -> bytes:
    """The secret in this file. A new one is made, and is on the disk before it is first used. Of several processes that start
    at once, the first one's secret stays.
    """
    if not path.exists():
        _keep(path, secrets.token_bytes(_SECRET_BYTES))
    key = path.read_bytes()
    if len(key) != _SECRET_BYTES or can_be_guessed(key):
        raise ValueError(
            f"the secret in {path} is damaged: restore it from a backup; a new one would not open the data"
        )
    return key


def _keep(path: Path, key: bytes) -> None:
    """Writes it beside, and gives it its name when it is whole: another process may read it at any moment."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with open(made, "xb", opener=_private) as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(made, path)
    made.unlink()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
