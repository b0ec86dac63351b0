"""The languages of a policy's texts. They are checked when the policy is published.

Malformed
├── NotALanguage          /clauses/…, /reasons/…
├── TextShowsNothing      /clauses/…, /reasons/…
└── LanguageStatedTwice   /clauses/…, /reasons/…
"""

from collections.abc import Iterator

from langcodes import Language

from domain.kernel.places import language_tag
from domain.kernel.refusals import Malformed
from domain.kernel.texts import shows
from domain.policy.policy import Policy
from domain.policy.texts import ByLanguage, PolicyText

# --- types ---

_SHOWN_OF_TAG = 35
"""RFC 5646, section 4.4.1. No tag is longer."""


class NotALanguage(Malformed):
    """The policy has a text under `tag`, which is no language tag of BCP 47.

    Why: The tag decides which readers get the text. Nobody would get a text under a tag that names no language.

    What to do: Use a registered tag, such as `de`, `pt-BR` or `zh-Hans`.

    Example: {"tag": "german"}
    """


class TextShowsNothing(Malformed):
    """The policy has a text that shows nothing in the language `tag`.

    Why: Readers of this language would get an empty text, and not the one in another language that they could read.

    What to do: Write the text in this language, or leave the language out.

    Example: {"tag": "fr"}
    """


class LanguageStatedTwice(Malformed):
    """The policy has a text twice in one language, under the tags in `tags`.

    Why: Two tags that mean the same language, such as `zh` and `zh-Hans`, have the same readers. Nobody could say which
    of the two texts they get.

    What to do: Keep one of the tags. `pt` means the Portuguese of Brazil, and `en` the English of the United States:
    for others, name the country, as in `pt-PT` or `en-GB`.

    Example: {"tags": ["zh", "zh-Hans"]}
    """


# --- decisions ---


def texts_of(policy: Policy) -> Iterator[tuple[str, PolicyText]]:
    """Every text of the policy that people read, with its JSON pointer."""
    for name, text in policy.clauses.items():
        yield f"/clauses/{name}", text
    for reason, terms in policy.reasons.items():
        for number, question in enumerate(terms.questions):
            yield f"/reasons/{reason.value}/questions/{number}/text", question.text
        for number, kind in enumerate(terms.evidence):
            yield f"/reasons/{reason.value}/evidence/{number}/text", kind.text


def faults(policy: Policy) -> Iterator[Malformed]:
    """Every fault of the languages, in the order of the texts."""
    for pointer, text in texts_of(policy):
        if not isinstance(text, str):
            yield from _faults_of(pointer, text)


def _faults_of(pointer: str, texts: ByLanguage) -> Iterator[Malformed]:
    known: dict[str, str] = {}
    for tag, text in texts.items():
        at = f"{pointer}/{_escaped(tag)}"
        if not shows(text):
            yield TextShowsNothing(at=at, tag=tag[:_SHOWN_OF_TAG])
        if (language := meant_by(tag)) is None:
            yield NotALanguage(at=at, tag=tag[:_SHOWN_OF_TAG])
        elif (other := known.setdefault(language, tag)) != tag:
            yield LanguageStatedTwice(at=at, tags=[other, tag])


def meant_by(tag: str) -> str | None:
    """The language, script and country that a tag means by CLDR's likely subtags: `zh` means `zh-Hans-CN`. None if it
    is no tag of a language.
    """
    try:
        return Language.get(language_tag(tag)).maximize().to_tag()
    except ValueError:
        return None


def spelt(texts: ByLanguage) -> ByLanguage:
    """The texts under their tags in canonical form. If a tag is wrong or there twice, it stays, so that it is refused."""
    canonical = {_canonical(tag): text for tag, text in texts.items()}
    return canonical if len(canonical) == len(texts) else texts


def _canonical(tag: str) -> str:
    try:
        return language_tag(tag)
    except ValueError:
        return tag


def _escaped(step: str) -> str:
    """As in RFC 6901."""
    return step.replace("~", "~0").replace("/", "~1")
