"""The words of slips, letters and messages in English, Chinese and Japanese, for people who read them at 75.

One entry per text, so that a translator sees all three. `{name}` is filled in by `text`.
"""

from collections.abc import Mapping
from typing import Final

from commonhold.words import LANGUAGES

# key -> (en, zh, ja)
_TEXTS: Final[Mapping[str, tuple[str, str, str]]] = {
    # ---- payment slip
    "slip": ("Payment slip", "缴款单", "お振込のご案内"),
    "slip_for": ("For {name}", "{name}", "{name} 様"),
    "pay_to": ("Pay to", "收款人", "お受取人"),
    "account": ("Account", "账号", "口座番号"),
    "bank": ("Bank", "开户行", "金融機関"),
    "amount": ("Amount", "金额", "金額"),
    "any_amount": ("any amount", "金额自定", "金額は自由です"),
    "reference": ("Reference", "附言（必填）", "振込の摘要（必須）"),
    "reference_why": (
        "Write this reference into the field for the purpose of the payment. It tells us that the money is "
        "yours. Nothing else is needed there.",
        "请在转账的“附言”或“用途”一栏填写上面这组字符，我们凭它知道这笔钱是您的。其他内容不必填写。",
        "振込の摘要（備考）欄に、上の記号と数字をそのままお書きください。お客様のご入金であることがこれで分かります。",
    ),
    "reference_keep": (
        "The reference stays the same every month. You may keep this page.",
        "这组字符每个月都不变，本页可以一直使用。",
        "この番号は毎月同じです。この用紙は保管してお使いいただけます。",
    ),
    "slip_after": (
        "When the bank has booked your payment, two people at the office check it, and it is added to your "
        "balance.",
        "银行入账后，由两名工作人员核对，然后计入您的余额。",
        "銀行で入金が確認されると、担当者二名が確かめたうえで、お客様の残高に加えます。",
    ),
    "qr_bank": (
        "Your bank's app can scan this square and fill everything in.",
        "可用银行应用扫描此二维码，自动填写。",
        "銀行のアプリで読み取ると、自動で入力されます。",
    ),
    "qr_plain": (
        "A telephone's camera can read the same lines from this square.",
        "用手机扫描此二维码，可看到与上面相同的内容。",
        "スマートフォンで読み取ると、上と同じ内容が表示されます。",
    ),
}
_INDEX: Final = {language: index for index, language in enumerate(LANGUAGES)}


def text(language: str, key: str, **values: object) -> str:
    """A text in a language, its places filled in; KeyError for one that does not exist."""
    return _TEXTS[key][_INDEX[language]].format(**values)


def keys() -> frozenset[str]:
    return frozenset(_TEXTS)
