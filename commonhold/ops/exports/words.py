"""The words of exported tables in English, Chinese and Japanese, one line for each.

JSON keeps the keys, which programs read; people read the words in CSV and XLSX.
"""

from collections.abc import Mapping
from typing import Final

from commonhold import words
from commonhold.words import LANGUAGES

LEASE_STATES: Final = ("NONE", "ACTIVE", "NOTICE", "HOLDOVER", "ENDED", "DEPOSIT_REVIEW", "CLOSED")

# key -> (en, zh, ja)
_WORDS: Final[Mapping[str, tuple[str, str, str]]] = {
    # tables
    "ledger": ("Ledger", "资金流水", "資金元帳"),
    "balances": ("Balances", "余额", "残高"),
    "payments": ("Payments", "付款", "支払"),
    "parties": ("Parties", "主体", "当事者"),
    "units": ("Units", "房屋", "物件"),
    "leases": ("Leases", "租约", "賃貸借契約"),
    "deposits": ("Deposits", "押金", "敷金"),
    "accounts": ("Fee accounts", "物业费账户", "管理費口座"),
    "bills": ("Bills", "账单", "請求書"),
    "arrears": ("Arrears", "欠费", "未払金"),
    "about_export": ("About", "说明", "この表について"),
    # columns
    "day": ("Day", "日期", "日付"),
    "time": ("Time (UTC)", "时间（UTC）", "時刻（UTC）"),
    "block": ("Block", "区块", "ブロック"),
    "transaction": ("Transaction", "交易", "取引"),
    "account": ("Account", "账户", "勘定"),
    "party": ("Party", "主体", "当事者"),
    "amount": ("Amount", "金额", "金額"),
    "why": ("For", "用途", "内容"),
    "about": ("Concerns", "对象", "対象"),
    "number": ("Number", "编号", "番号"),
    "note": ("Note (hash)", "附注（哈希）", "注記（ハッシュ）"),
    "opening": ("Opening balance", "期初余额", "期首残高"),
    "into": ("In", "收入", "入金"),
    "out_of": ("Out", "支出", "出金"),
    "closing": ("Closing balance", "期末余额", "期末残高"),
    "payer": ("Payer", "付款人", "支払人"),
    "wallet": ("Wallet", "钱包", "ウォレット"),
    "kind": ("Kind", "种类", "種類"),
    "wallets": ("Wallets", "钱包数", "ウォレット数"),
    "balance": ("Money", "余额", "残高"),
    "suspended": ("Suspended", "已暂停", "停止中"),
    "recovery": ("Wallet under recovery", "钱包恢复中", "ウォレット復旧中"),
    "unit": ("Unit", "房屋", "物件"),
    "building": ("Building", "楼栋", "棟"),
    "area": ("Area (m²)", "建筑面积（m²）", "面積（m²）"),
    "share_ppm": ("Share (millionths)", "份额（百万分之）", "持分（百万分率）"),
    "owner": ("Owner", "业主", "所有者"),
    "user": ("User", "使用人", "使用者"),
    "lease": ("Lease", "租约", "賃貸借契約"),
    "until": ("Until", "截止", "終了"),
    "landlord": ("Landlord", "出租人", "貸主"),
    "tenants": ("Tenants", "承租人", "借主"),
    "state": ("State", "状态", "状態"),
    "rent": ("Rent per month", "月租金", "月額賃料"),
    "first_day": ("First day", "起始日", "開始日"),
    "last_day": ("Last day", "最后一日", "最終日"),
    "fallen_due": ("Fallen due", "已到期", "期日到来額"),
    "discharged": ("Discharged", "已清偿", "弁済額"),
    "rent_owed": ("Rent owed", "欠租", "未払賃料"),
    "late_fees": ("Late fees", "违约金", "遅延損害金"),
    "prepaid": ("Prepaid", "预存", "前払"),
    "deposit": ("Security deposit", "押金", "敷金"),
    "landlord_debt": ("Owed by the landlord", "出租人应付", "貸主の債務"),
    "claim": ("Claim", "扣款主张", "請求額"),
    "offer": ("Offer", "回应金额", "提示額"),
    "arbiter": ("Arbiter", "仲裁人", "仲裁人"),
    "category": ("Category", "收费项目", "費目"),
    "fee_owed": ("Fee owed", "欠费", "未払管理費"),
    "plan": ("Left of a plan", "分期未付", "分割払いの残り"),
    "bill": ("Bill", "账单", "請求書"),
    "run": ("Run", "出账批次", "請求処理"),
    "period": ("Month", "月份", "月"),
    "due_day": ("Due", "应付日", "期日"),
    "open": ("Open", "未付", "未払"),
    "disputed": ("In dispute", "异议中", "異議申立て中"),
    "days_0": ("0–29 days", "0–29天", "0～29日"),
    "days_30": ("30–59 days", "30–59天", "30～59日"),
    "days_60": ("60–89 days", "60–89天", "60～89日"),
    "days_90": ("90 days and more", "90天及以上", "90日以上"),
    "total": ("Total", "合计", "合計"),
    "oldest": ("Oldest due day", "最早应付日", "最も古い期日"),
    "as_of_block": ("As of block", "截至区块", "基準ブロック"),
    "as_of_hash": ("Block hash", "区块哈希", "ブロックハッシュ"),
    "as_of_day": ("As of day", "截至日期", "基準日"),
    "confirmations": ("Confirmations", "确认数", "承認数"),
    "checked": ("Balances compared with the token", "余额已与代币核对", "残高をトークンと照合済"),
    "name": ("{column}: name", "{column}：名称", "{column}：名称"),
    # purposes
    "late_fee": ("late fee", "违约金", "遅延損害金"),
    "commission": ("commission", "管理佣金", "管理手数料"),
    "refund": ("refund", "退费", "返金"),
    "one_off_fee": ("one-off fee", "一次性费用", "一時金"),
    "break_fee": ("break fee", "提前退租金", "中途解約金"),
    "end_credit": ("credit at the end", "退租结余", "終了時の精算"),
    "share_withdrawn": ("share withdrawn", "领取待付份额", "保留分の受取"),
    "owed": ("share that waits", "待付份额", "保留分"),
    "withheld": ("withheld from the payee", "代扣收款人", "受取人からの留保"),
    "arrears_from_deposit": ("arrears from the deposit", "由押金抵欠租", "敷金から充当"),
    "reserve_exit": ("out through the reserve", "经储备兑出", "準備金からの払出"),
    "redemption": ("redemption", "赎回", "償還"),
    "redemption_returned": ("redemption taken back", "赎回撤回", "償還の取消"),
    "request": ("redemption requested", "赎回申请", "償還請求"),
    "fee": ("property fee", "物业费", "管理費"),
    "fee_credit": ("credit of a fee", "物业费退款", "管理費の精算"),
    "credit_note": ("credit note", "冲正", "訂正"),
    "issued": ("issued", "发行", "発行"),
    "redeemed": ("redeemed", "注销", "消却"),
    "transfer": ("transfer", "转账", "振替"),
    "purpose": ("payment for a purpose", "指定用途付款", "用途指定の支払"),
    "wallet_linked": ("wallet joins a party or leaves it", "钱包归属变更", "ウォレットの帰属変更"),
    "wallet_replaced": ("wallet replaced", "更换钱包", "ウォレットの交換"),
}
# purposes that share their key with a column
_PURPOSES: Final[Mapping[str, tuple[str, str, str]]] = {
    "rent": ("rent", "租金", "賃料"),
    "deposit": ("deposit", "押金", "敷金"),
    "prepaid": ("prepayment", "预存", "前払"),
    "bill": ("bill", "账单", "請求書"),
    "lease": ("lease", "租约", "賃貸借契約"),
    "account": ("fee account", "物业费账户", "管理費口座"),
    "party": ("party", "主体", "当事者"),
    "category": ("category", "收费项目", "費目"),
}
# what stands in columns of states and kinds; those of leases are everybody's
_STATES: Final[Mapping[str, tuple[str, str, str]]] = {
    "HELD": ("held", "保管中", "保管中"),
    "CLAIMING": ("waits for claims", "等待扣款主张", "請求待ち"),
    "ANSWERING": ("waits for the tenants' answer", "等待承租人答复", "借主の回答待ち"),
    "AWARDING": ("waits for the arbiter", "等待仲裁人裁定", "仲裁人の裁定待ち"),
    "SETTLED": ("settled", "已结清", "精算済"),
    "running": ("running", "进行中", "継続中"),
    "ended": ("ended", "已终止", "終了"),
    "open": ("open", "未付", "未払"),
    "paid": ("paid", "已付", "支払済"),
    "disputed": ("in dispute", "异议中", "異議申立て中"),
    "person": ("person", "自然人", "個人"),
    "company": ("company", "企业", "法人"),
    "staff": ("staff", "员工", "職員"),
    "merchant": ("merchant", "商户", "店舗"),
    "device": ("device", "设备", "機器"),
    "home": ("home", "住宅", "住宅"),
    "parking": ("parking", "车位", "駐車場"),
    "shop": ("shop", "商铺", "店舗"),
    "yes": ("yes", "是", "はい"),
    "no": ("no", "否", "いいえ"),
}
_INDEX: Final = {language: index for index, language in enumerate(LANGUAGES)}


def word(language: str, key: str) -> str:
    """A word in a language; KeyError for one that does not exist."""
    return _WORDS[key][_INDEX[language]]


def heading(language: str, column: str) -> str:
    """The heading of a column; "party_name" stands beside "party"."""
    base = column.removesuffix("_name")
    if base != column:
        return word(language, "name").format(column=word(language, base))
    return word(language, column)


def state(language: str, key: str) -> str:
    """A state or kind in people's words, other texts as they are."""
    if key in _STATES:
        return _STATES[key][_INDEX[language]]
    return words.word(language, key) if key in LEASE_STATES else key


def told(language: str, key: str) -> str:
    """A purpose or an object in people's words, other texts as they are."""
    if key in _PURPOSES:
        return _PURPOSES[key][_INDEX[language]]
    return word(language, key) if key in _WORDS else key
