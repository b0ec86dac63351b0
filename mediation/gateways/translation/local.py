"""Translates on this machine with the models of Firefox: no text leaves the house. It needs the extra `translation`.

The models lie in a folder, one folder a pair: `enpt/` holds `model.*.bin`, `vocab.*.spm` (or `srcvocab.*` and `trgvocab.*`)
and, if there is one, `lex.*`. Between two languages without a pair of their own it goes through English.
https://github.com/mozilla/translations
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mediation.gateways.translation.port import Engine, NotOffered, Translated, Unwell

_PIVOT = "en"


class LocalModels:
    name = "local"
    sends_out = False

    def __init__(self, folder: Path) -> None:
        """Raises ImportError without the extra, NotADirectoryError without the folder."""
        import fxtranslate  # large, and optional

        if not folder.is_dir():
            raise NotADirectoryError(folder)
        self._make: Any = fxtranslate.Translator
        self._folder = folder
        self._pairs = {path.name for path in folder.iterdir() if any(path.glob("model.*.bin"))}
        self._loaded: dict[str, Any] = {}
        self._thread = ThreadPoolExecutor(1, "translation")  # a loaded model can be used only where it was loaded

    def placeholder(self, number: int) -> str:
        """Its models kept this form in 600 sentences of 600."""
        return f"XQ{number}"

    async def translate(self, text: str, source: str, target: str) -> Translated:
        steps = self._steps(_primary(source), _primary(target))
        try:
            said = await asyncio.get_running_loop().run_in_executor(self._thread, self._through, steps, text)
        except (ValueError, OSError) as error:
            raise Unwell(type(error).__name__, 60.0) from None
        return Translated(said, Engine(self.name, self._version(steps)), (_PIVOT,) * (len(steps) - 1))

    async def close(self) -> None:
        """A loaded model must also be let go where it was loaded."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._loaded.clear)
        self._thread.shutdown()

    def _steps(self, source: str, target: str) -> tuple[str, ...]:
        """The pairs to go through. Raises NotOffered."""
        for steps in ((f"{source}{target}",), (f"{source}{_PIVOT}", f"{_PIVOT}{target}")):
            if self._pairs.issuperset(steps):
                return steps
        raise NotOffered(f"{source} to {target}")

    def _through(self, steps: tuple[str, ...], text: str) -> str:
        for pair in steps:
            if pair not in self._loaded:
                self._loaded[pair] = self._load(self._folder / pair)
            text = self._loaded[pair].translate_long(text)
        return text

    def _load(self, folder: Path) -> Any:
        shared = _bytes(folder, "vocab.*")
        return self._make(
            model=_bytes(folder, "model.*.bin"),
            src_vocab=shared or _bytes(folder, "srcvocab.*"),
            trg_vocab=shared or _bytes(folder, "trgvocab.*"),
            shortlist=_bytes(folder, "lex.*"),
        )

    def _version(self, steps: tuple[str, ...]) -> str:
        """The names of the models' files: they hold no other version."""
        return " ".join(next((self._folder / pair).glob("model.*.bin")).name for pair in steps)


def _bytes(folder: Path, pattern: str) -> bytes | None:
    found = next(folder.glob(pattern), None)
    return found.read_bytes() if found else None


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()
