"""What people say in the test of three languages, with the words of a human translator. Placeholders are those of the text that
is translated: where a language says things in another order, they stand in another order.
"""

from collections.abc import Mapping, Sequence

SAID: Sequence[Mapping[str, str]] = (
    {
        "it": "Il vaso è arrivato rotto in tre pezzi. Ho pagato XQ1 il XQ2.",
        "zh": "花瓶到货时碎成了三块。我于XQ2付款XQ1。",
        "pt": "O vaso chegou partido em três pedaços. Paguei XQ1 em XQ2.",
    },
    {"it": "Il vaso è crepato sul fondo.", "zh": "花瓶底部有裂痕。", "pt": "O vaso está rachado no fundo."},
    {"it": "Foto della scatola aperta", "zh": "打开的箱子的照片", "pt": "Fotografia da caixa aberta"},
    {
        "zh": "花瓶出厂时完好。我们在XQ1用XQ2发货，价值XQ3。",
        "it": "Il vaso era intatto quando è partito. Lo abbiamo spedito il XQ1 con XQ2, valore XQ3.",
        "pt": "O vaso saiu intacto. Enviámo-lo em XQ1 com XQ2, no valor de XQ3.",
    },
    {
        "zh": "这不是我们的包装。",
        "it": "Questo non è il nostro imballaggio.",
        "pt": "Esta não é a nossa embalagem.",
    },
    {
        "zh": "我们退您XQ1，请保留花瓶。",
        "it": "Le restituiamo XQ1, tenga pure il vaso.",
        "pt": "Devolvemos-lhe XQ1; fique com o vaso.",
    },
    {
        "en": "We sent the parcel with XQ1, please look at XQ2.",
        "it": "Abbiamo spedito il pacco con XQ1, guardi XQ2.",
    },
    {
        "pt": "Proponho XQ1 para o comprador, porque o vaso era frágil e a caixa era fina.",
        "it": "Propongo XQ1 per il compratore, perché il vaso era fragile e la scatola sottile.",
        "zh": "我建议给买家XQ1，因为花瓶易碎，而箱子太薄。",
    },
    {
        "pt": "Envie a fatura da transportadora até XQ1.",
        "it": "Invii la fattura del corriere entro il XQ1.",
        "zh": "请在XQ1之前发来承运人的发票。",
    },
    {
        "pt": "A prova XQ1 mostra que a caixa era fina demais. O vendedor devolve XQ2 até XQ3.",
        "it": "La prova XQ1 mostra che la scatola era troppo sottile. Il venditore restituisce XQ2 entro il XQ3.",
        "zh": "证据XQ1显示箱子太薄。卖家须在XQ3之前退还XQ2。",
    },
)


def phrase(text: str, target: str) -> str | None:
    """What a person would say for it in the language `target`; None for what nobody in the test says."""
    primary = target.partition("-")[0].lower()
    return next((said[primary] for said in SAID if text in said.values() and primary in said), None)
