"""Which language each block of a picture's text is in. A block is often too short to say; its script and the others help."""

from collections.abc import Collection, Mapping, Sequence

from langcodes import Language

from mediation.language.identification import UNDETERMINED, identify

_SCRIPTS: Mapping[str, tuple[tuple[int, int], ...]] = {
    "Hani": ((0x2E80, 0x2FDF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF)),
    "Hang": ((0x1100, 0x11FF), (0xAC00, 0xD7AF)),
    "Arab": ((0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF)),
    "Cyrl": ((0x0400, 0x052F),),
    "Grek": ((0x0370, 0x03FF),),
    "Hebr": ((0x0590, 0x05FF),),
    "Thai": ((0x0E00, 0x0E7F),),
    "Deva": ((0x0900, 0x097F),),
    "Latn": ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F)),
}
"""The scripts of the languages that a case is likely to have, by Unicode's blocks. Chinese characters stand with Japanese
letters, as in Japanese."""

_AS_WRITTEN = {"Hans": "Hani", "Hant": "Hani", "Jpan": "Hani", "Kore": "Hang"}


def languages_of(texts: Sequence[str], among: Sequence[str], names: Collection[str] = ()) -> list[str]:
    """The language of each text, as one of the tags in `among`, or `und`.

    If one language of the case is written in the text's script, it is that one. Of several, each text says for itself, or else
    all texts of that script together.
    """
    scripts = [_script(text) for text in texts]
    together = {
        script: " ".join(t for t, s in zip(texts, scripts, strict=True) if s == script) for script in set(scripts)
    }
    guess = {script: _of(text, script, among, names) for script, text in together.items()}
    return [
        own if (own := _of(text, script, among, names)) != UNDETERMINED else guess[script]
        for text, script in zip(texts, scripts, strict=True)
    ]


def _of(text: str, script: str, among: Sequence[str], names: Collection[str]) -> str:
    tags = [tag for tag in among if _script_of(tag) == script]
    if len(tags) == 1 and script != "Latn":
        return tags[0]
    found = identify(text, tags, names) if tags else UNDETERMINED
    return next((tag for tag in tags if tag.partition("-")[0].lower() == found), UNDETERMINED)


def _script(text: str) -> str:
    """The script that most of its letters have. Latin only if there are not two letters of another one: a field such as
    "收件人：Maria Bianchi" is Chinese with a name in it."""
    counts = {
        script: sum(any(first <= ord(sign) <= last for first, last in ranges) for sign in text)
        for script, ranges in _SCRIPTS.items()
    }
    latin = counts.pop("Latn")
    best = max(counts, key=lambda script: counts[script])
    if counts[best] > 1 or counts[best] > latin:
        return best
    return "Latn" if latin else ""


def _script_of(tag: str) -> str:
    script = Language.get(tag).maximize().script or ""
    return _AS_WRITTEN.get(script, script)
