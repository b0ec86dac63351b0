"""The configured translators of each marketplace. Without one, no text of it is translated, and none leaves the house."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field, SecretStr

from mediation.gateways.translation.circuit import Translators
from mediation.gateways.translation.port import UNKNOWN, Translator


class _Chosen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ByLibreTranslate(_Chosen):
    """`version` is what the operator installed: the server does not say it with a translation."""

    kind: Literal["libretranslate"]
    address: AnyHttpUrl
    key: SecretStr | None = None
    version: Annotated[str, Field(max_length=50)] = UNKNOWN

    def translator(self) -> Translator:
        from mediation.gateways.translation.libretranslate import LibreTranslate

        return LibreTranslate(str(self.address), self.key.get_secret_value() if self.key else None, self.version)


class ByDeepL(_Chosen):
    """`glossaries` are ids of the account's glossaries by "source-target", such as "de-en"."""

    kind: Literal["deepl"]
    key: SecretStr
    address: AnyHttpUrl = AnyHttpUrl("https://api.deepl.com")
    glossaries: dict[Annotated[str, Field(pattern=r"^[a-z]{2,3}-[a-z]{2,3}$")], str] = {}

    def translator(self) -> Translator:
        from mediation.gateways.translation.deepl import DeepL

        return DeepL(str(self.address), self.key.get_secret_value(), self.glossaries)


class ByLocalModels(_Chosen):
    """Models of Firefox in a folder. It needs the extra `translation`."""

    kind: Literal["local"]
    folder: Path

    def translator(self) -> Translator:
        from mediation.gateways.translation.local import LocalModels

        return LocalModels(self.folder)


ChosenTranslator = Annotated[ByLibreTranslate | ByDeepL | ByLocalModels, Field(discriminator="kind")]


def translators(chosen: Mapping[str, Sequence[ChosenTranslator]]) -> Translators:
    return Translators({marketplace: [one.translator() for one in many] for marketplace, many in chosen.items()})
