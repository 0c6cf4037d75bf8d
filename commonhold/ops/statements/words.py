"""The words of statements of units, parties and months, beside those that all statements share."""

from collections.abc import Mapping
from typing import Final

from commonhold import words

# key -> (en, zh, ja)
_WORDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "sheet": ("Statement", "对账单", "明細書"),
    "party": ("Party", "主体", "当事者"),
    "community": ("Community", "小区", "コミュニティ"),
    "range": ("{first} to {last}", "{first} 至 {last}", "{first}～{last}"),
    "until": ("Until {last}", "截至 {last}", "{last}まで"),
    "to_pay": ("To pay at the end", "期末应付", "期末のお支払額"),
    "nothing_to_pay": ("Nothing was owed at the end.", "期末没有欠款。", "期末の未払はありません。"),
    "prepaid_for": ("Paid ahead", "多付", "前払"),
    "opening_balance": ("Owed before", "期初欠款", "前回までの未払"),
    "closing_balance": ("Owed at the end", "期末欠款", "期末の未払"),
    "wallets": ("Your money", "您的资金", "お手元の資金"),
    "money_before": ("Money before", "期初余额", "期首残高"),
    "money_after": ("Money at the end", "期末余额", "期末残高"),
    "money_in": ("In", "收入", "入金"),
    "money_out": ("Out", "支出", "出金"),
    "money_left": ("Money", "余额", "残高"),
    "account": ("Fee account", "物业费账户", "管理費口座"),
    "bills": ("Bills", "账单", "請求書"),
    "fee_due": ("Property fee due", "应付物业费", "管理費"),
    "bill": ("Bill", "账单", "請求書"),
    "reduction": ("Reduction", "优惠减免", "割引"),
    "removed": ("Taken off after a dispute", "异议后核减", "異議による減額"),
    "moved": ("Prepayment moved on", "预存结转", "前払金の振替"),
    "account_opened": ("Account opened", "账户开立", "口座の開設"),
    "account_closed": ("Account closed", "账户结清", "口座の終了"),
    "account_ended": ("End of the account", "账户终止调整", "口座終了による調整"),
    "plan_agreed": ("Instalments agreed", "约定分期付款，期数", "分割払いの合意、回数"),
    "notice_served": ("Notice served, stage", "已催缴，阶段", "督促、段階"),
    "debt_taken_over": ("Debt taken over", "债务承担", "債務の引受け"),
    "dispute_opened": ("Bill disputed", "账单提出异议", "請求への異議"),
    "credit_note": ("Credit note", "冲正", "訂正"),
    "confirmations": ("confirmations:", "确认数：", "承認数："),
    "unchecked": (
        "the node keeps no state of that block: not compared with the contracts",
        "节点未保存该区块状态，未与合约核对",
        "ノードが状態を保持していないため、契約とは未照合",
    ),
}
_INDEX: Final = {language: index for index, language in enumerate(words.LANGUAGES)}


def word(language: str, key: str) -> str:
    """A word in a language; KeyError for one that does not exist."""
    found = _WORDS.get(key)
    return words.word(language, key) if found is None else found[_INDEX[language]]
