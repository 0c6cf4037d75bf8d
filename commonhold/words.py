"""The words of statements, summaries and tables in English, Chinese and Japanese.

One line per word, so that a translator sees all three; `word(language, key)` picks. Reason codes are told in
people's words here, never as names of constants.
"""

from collections.abc import Mapping
from typing import Final

from commonhold.rules.codes import Code

# key -> (en, zh, ja)
_WORDS: Final[Mapping[str, tuple[str, str, str]]] = {
    # summary of a lease
    "lease": ("Lease", "租约", "賃貸借契約"),
    "unit": ("Unit", "房屋", "物件"),
    "landlord": ("Landlord", "出租人", "貸主"),
    "tenant": ("Tenant", "承租人", "借主"),
    "share": ("share", "份额", "負担割合"),
    "covers": ("also pays what the others owe", "代付其他承租人的欠款", "他の借主の分も支払う"),
    "manager": ("Manager", "物业服务企业", "管理会社"),
    "arbiter": ("Arbiter of the deposit", "押金仲裁人", "敷金の仲裁人"),
    "rent": ("Rent per month", "月租金", "月額賃料"),
    "deposit": ("Security deposit", "押金", "敷金"),
    "first_day": ("First day", "起租日", "開始日"),
    "last_day": ("Last day", "最后一日", "最終日"),
    "billing_day": ("Rent period starts on day", "计租日（每月）", "計算開始日（毎月）"),
    "interval": ("Months paid at a time", "付款周期（月）", "支払間隔（月）"),
    "due_offset": ("Due, days after the period starts", "应付日：期初后天数", "支払期日：期首からの日数"),
    "rent_free": ("Rent-free days", "免租天数", "フリーレント日数"),
    "step": ("New rent from", "租金调整自", "賃料改定"),
    "fee": ("Paid once, to", "一次性费用，付给", "一時金、支払先"),
    "grace": ("Days of grace", "宽限天数", "猶予日数"),
    "late_rate": ("Late fee per day", "违约金日利率", "遅延損害金（日率）"),
    "late_days": ("Late fee runs at most, days", "违约金最长天数", "遅延損害金の上限日数"),
    "notice_days": ("Days of notice", "解除通知天数", "解約予告日数"),
    "break_day": ("May be ended early from", "可提前解除自", "中途解約可能日"),
    "break_fee": ("Fee for ending early", "提前退租金", "中途解約金"),
    "commission": ("Manager's commission", "管理佣金", "管理手数料"),
    "holdover": ("Rent if the tenant stays on", "期满继续占用租金比例", "期間満了後の賃料割合"),
    "day_count": ("Partial periods are priced by", "不足月的计算方法", "日割計算の方法"),
    "ACTUAL": ("days of the period", "当期实际天数", "当期の実日数"),
    "THIRTY_360": ("30-day months", "每月按30天", "1か月30日"),
    "ACTUAL_365": ("a year of 365 days", "一年按365天", "1年365日"),
    "opening_day": ("Taken over; counts from", "接管自", "引継ぎ基準日"),
    "opening_paid": ("Rent already paid since then", "其后已付租金", "以後の支払済賃料"),
    "opening_arrears": ("Rent still owed from before", "此前欠租", "以前の未払賃料"),
    "opening_fees": ("Late fees still owed", "此前欠付违约金", "以前の未払遅延損害金"),
    "opening_prepaid": ("Prepaid", "预存", "前払"),
    "document": ("Document (hash)", "合同文本（哈希）", "契約書（ハッシュ）"),
    "deadline": ("Offer open until", "签署截止", "締結期限"),
    "terms_hash": ("Hash that is signed", "签名哈希", "署名するハッシュ"),
    "permit": ("You also allow to be taken", "同时授权扣款", "あわせて引落しを許可する額"),
    "link": ("Your wallet from now on", "登记您的钱包", "登録するウォレット"),
    "signing_as": ("You sign as", "您的身份", "署名者"),
    # statement
    "statement": ("Rent statement", "租金对账单", "賃料明細書"),
    "as_of": ("As of", "截至", "基準日"),
    "block": ("block", "区块", "ブロック"),
    "date": ("Date", "日期", "日付"),
    "what": ("What", "摘要", "摘要"),
    "charged": ("Charged", "应付", "請求"),
    "credited": ("Paid or credited", "已付", "支払・充当"),
    "balance": ("Balance owed", "欠款余额", "未払残高"),
    "rent_due": ("Rent due", "应付租金", "賃料"),
    "carried": ("Taken over from before", "接管前结转", "引継ぎ残高"),
    "paid_before": ("Paid before the take-over", "接管前已付", "引継ぎ前の支払"),
    "payment": ("Payment", "付款", "お支払い"),
    "collected": ("Collected", "自动扣款", "自動引落し"),
    "not_collected": ("Could not be collected", "扣款未成功", "引落しできず"),
    "from_pot": ("From the prepayment", "由预存抵扣", "前払金から充当"),
    "covered": ("Paid by another tenant", "由其他承租人代付", "他の借主による支払"),
    "late_fee": ("Late fee", "违约金", "遅延損害金"),
    "prepaid": ("Prepaid", "预存", "前払"),
    "refund": ("Prepayment refunded", "预存退款", "前払金の返金"),
    "waived": ("Waived", "减免", "減免"),
    "from_deposit": ("Taken from the deposit", "由押金抵扣", "敷金から充当"),
    "credit": ("Credit at the end of the lease", "退租结余", "終了時の精算"),
    "changed": ("Agreed change", "约定变更", "合意による変更"),
    "changed_RENT": ("New rent agreed", "约定新租金", "賃料改定の合意"),
    "changed_RENEWAL": ("Lease renewed", "租约续签", "契約更新"),
    "changed_TENANT": ("Change of tenant", "更换承租人", "借主の変更"),
    "changed_SALE": ("New landlord", "更换出租人", "貸主の変更"),
    "changed_END": ("Earlier end agreed", "约定提前终止", "中途終了の合意"),
    "changed_HOLDOVER": ("Stay after the end agreed", "约定期满继续占用", "期間満了後の継続の合意"),
    "closed": ("Lease closed", "租约结清", "契約終了"),
    "activated": ("Lease activated", "租约生效", "契約開始"),
    "you_owe": ("You owe now", "您现在应付", "現在のお支払額"),
    "nothing_owed": ("You owe nothing now.", "您目前没有欠款。", "現在お支払いいただく額はありません。"),
    "rent_owed": ("Rent owed", "欠租", "未払賃料"),
    "fees_owed": ("Late fees owed", "应付违约金", "未払遅延損害金"),
    "prepaid_now": ("Your prepayment", "您的预存余额", "前払残高"),
    "deposit_now": ("Your deposit, kept apart", "您的押金（单独保管）", "お預かりしている敷金"),
    "next_due": ("Next rent", "下次应付租金", "次回の賃料"),
    "on": ("on", "应付日", "期日"),
    "ahead": ("paid ahead", "多付", "前払"),
    "explain": (
        "Every figure on this page can be checked against the chain at this block:",
        "本页每一个数字都可以在以下区块核对：",
        "このページの数字はすべて、次のブロックで確認できます：",
    ),
    # states
    "ACTIVE": ("running", "履行中", "契約中"),
    "NOTICE": ("notice given", "已通知解除", "解約予告中"),
    "HOLDOVER": ("stays on after the end", "期满继续占用", "期間満了後継続"),
    "ENDED": ("ended", "已到期", "満了"),
    "DEPOSIT_REVIEW": ("deposit under review", "押金结算中", "敷金精算中"),
    "CLOSED": ("closed", "已结清", "精算済"),
    "NONE": ("unknown", "未知", "不明"),
    "state": ("State", "状态", "状態"),
}

_CODES: Final[Mapping[Code, tuple[str, str, str]]] = {
    Code.NONE: ("nothing was asked", "未请求", "対象外"),
    Code.COLLECTED: ("collected", "已收取", "引落し済"),
    Code.PARTIAL: ("partly collected", "部分收取", "一部引落し"),
    Code.NOTHING_DUE: ("nothing due", "无应付", "請求なし"),
    Code.NO_MANDATE: ("no mandate", "无委托扣款授权", "引落し委任なし"),
    Code.LIMIT_EXCEEDED: ("over the mandate's monthly limit", "超过每月限额", "月間限度額超過"),
    Code.MANDATE_EXPIRED: ("mandate expired", "授权已过期", "委任期限切れ"),
    Code.NO_FUNDS: ("not enough money in the wallet", "余额不足", "残高不足"),
    Code.NOT_ACTIVE: ("lease is closed", "租约已结清", "契約終了"),
    Code.UNKNOWN: ("no such lease", "无此租约", "該当契約なし"),
    Code.RENT_ONLY: ("rent collected, late fee not", "已收租金，未收违约金", "賃料のみ引落し"),
    Code.SHARES_MISSING: ("some tenants' shares missing", "部分承租人未付", "一部借主の未払"),
    Code.NO_WALLET: ("no wallet", "无钱包", "ウォレットなし"),
    Code.ALREADY_ISSUED: ("bill issued before", "账单此前已出具", "請求書は発行済"),
    Code.DISPUTED: ("in dispute", "异议处理中", "異議申立て中"),
}

# What readers of each language call it, in the order of the columns above.
LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "zh": "中文", "ja": "日本語"}
_INDEX: Final = {language: index for index, language in enumerate(LANGUAGES)}


def word(language: str, key: str) -> str:
    """A word in a language; KeyError for one that does not exist."""
    return _WORDS[key][_INDEX[language]]


def reason(code: Code, language: str = "en") -> str:
    """What a reason code means, in people's words."""
    return _CODES[code][_INDEX[language]]
