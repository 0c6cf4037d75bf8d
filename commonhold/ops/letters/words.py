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
    # ---- messages
    "dear": ("Dear {name},", "{name}，您好：", "{name} 様"),
    "from_office": ("{holder}, the office", "{holder} 管理处", "{holder} 管理室"),
    "rent_due_subject": ("Your rent is due on {day}", "您的租金将于{day}到期", "{day} が家賃のお支払日です"),
    "rent_due": (
        "Your rent for {unit} is due on {day}: {amount}.",
        "{unit}的租金应于{day}支付：{amount}。",
        "{unit} の家賃 {amount} のお支払日は {day} です。",
    ),
    "rent_due_help": (
        "If you have allowed the rent to be collected and your balance is enough, you need not do anything.",
        "如果您已授权自动扣款，且余额充足，则无需任何操作。",
        "自動引落しを許可されていて残高が足りている場合は、何もなさる必要はありません。",
    ),
    "charge_due_subject": (
        "{kind} is due on {day}",
        "{kind}将于{day}到期",
        "{day} が{kind}のお支払日です",
    ),
    "charge_due": (
        "{kind} for {unit} is due on {day}: {amount}.",
        "{unit}的{kind}应于{day}支付：{amount}。",
        "{unit} の{kind} {amount} のお支払日は {day} です。",
    ),
    "charge_due_help": (
        "If you have allowed it to be collected and your balance is enough, you need not do anything.",
        "如果您已授权自动扣款，且余额充足，则无需任何操作。",
        "自動引落しを許可されていて残高が足りている場合は、何もなさる必要はありません。",
    ),
    "kind_fee": ("Your property fee", "物业费", "管理費"),
    "kind_instalment": ("Your instalment", "分期付款", "分割払い"),
    "kind_bill": ("Your bill", "账单", "ご請求"),
    "arrears_subject": (
        "{amount} is still to be paid",
        "尚有{amount}未付",
        "{amount} が未払いです",
    ),
    "arrears": (
        "For {unit}, {amount} has not been paid yet.",
        "{unit}尚有{amount}未付。",
        "{unit} について {amount} が未払いとなっています。",
    ),
    "arrears_since": (
        "Some of it has been due for {stage} days or more.",
        "其中部分已逾期{stage}天以上。",
        "その一部は支払期日から {stage} 日以上過ぎています。",
    ),
    "arrears_help": (
        "Please pay, or come and talk to us: a plan in instalments is often possible. If you think that the "
        "figure is wrong, tell us, and we will go through it with you.",
        "请尽快支付，或来管理处与我们商量，通常可以分期支付。如果您认为金额有误，请告诉我们，我们会和您一起核对。",
        "お支払いいただくか、管理室までご相談ください。分割でのお支払いができる場合もあります。"
        "金額に誤りがあると思われるときはお知らせください。ご一緒に確認いたします。",
    ),
    "settle_failed_subject": (
        "We could not collect {amount}",
        "{amount}扣款未成功",
        "{amount} の引落しができませんでした",
    ),
    "settle_failed": (
        "We could not collect {amount} for {unit}. The reason: {reason}.",
        "{unit}的{amount}未能扣款。原因：{reason}。",
        "{unit} の {amount} を引落しできませんでした。理由：{reason}。",
    ),
    "settle_failed_help": (
        "Please put money into your balance, or allow the collection again. We will try once more.",
        "请为您的余额充值，或重新授权扣款。我们会再次尝试扣款。",
        "残高にご入金いただくか、引落しをもう一度許可してください。改めて引落しをいたします。",
    ),
    "receipt_ready_subject": (
        "Your receipt: {charge} {month}",
        "您的收据：{charge} {month}",
        "領収書：{charge} {month}",
    ),
    "receipt_ready": (
        "You have paid {amount} for {charge} of {month} for {unit}. Your receipt is ready at the office.",
        "您已支付{unit}{month}的{charge}共{amount}，收据可在管理处领取。",
        "{unit} の {month} 分 {charge} {amount} をお支払いいただきました。領収書は管理室にご用意しています。",
    ),
    "bank_unmatched_subject": (
        "A payment of {amount} waits to be placed",
        "一笔{amount}的入账待认领",
        "{amount} の入金の確認待ち",
    ),
    "bank_unmatched": (
        "Bank entry {entry} of {day}, {amount} {currency}, belongs to nobody yet: {why}. "
        "See: commonhold bank list",
        "{day}的银行流水{entry}（{amount} {currency}）尚未确定归属：{why}。请运行 commonhold bank list",
        "{day} の入金 {entry}（{amount} {currency}）の名義が未確定です：{why}。"
        "commonhold bank list をご覧ください",
    ),
    "bank_taken_back_subject": (
        "The bank took {amount} back after it was minted",
        "银行撤回了已入账的{amount}",
        "発行済みの {amount} を銀行が取り消しました",
    ),
    "bank_taken_back": (
        "Bank entry {entry} of {day}, {amount} {currency}, was taken back by the bank after it was minted. "
        "Get the money from the party, then: commonhold bank burn {entry}",
        "{day}的银行流水{entry}（{amount} {currency}）在发行后被银行撤回。请向当事人收回款项，然后运行 "
        "commonhold bank burn {entry}",
        "{day} の入金 {entry}（{amount} {currency}）は発行後に銀行が取り消しました。ご本人から回収のうえ、"
        "commonhold bank burn {entry} を実行してください",
    ),
    # ---- letters about arrears
    "letter_subject_0": ("A payment is still open", "尚有款项未付", "お支払いの確認のお願い"),
    "letter_subject_30": (
        "Reminder: a payment has been open for more than 30 days",
        "提醒：有款项逾期超过30天",
        "お願い：30日を過ぎた未払いがあります",
    ),
    "letter_subject_60": (
        "Second reminder: a payment has been open for more than 60 days",
        "再次提醒：有款项逾期超过60天",
        "再度のお願い：60日を過ぎた未払いがあります",
    ),
    "letter_subject_90": (
        "Last reminder: a payment has been open for more than 90 days",
        "最后提醒：有款项逾期超过90天",
        "最後のお願い：90日を過ぎた未払いがあります",
    ),
    "letter_day": ("{day}", "{day}", "{day}"),
    "letter_open": (
        "By our books these sums have not been paid yet. If you have paid in the last few days, you need "
        "not do anything.",
        "根据我们的账目，以下款项尚未支付。如果您最近几天已经付款，请不必理会本信。",
        "帳簿では、次の金額がまだ支払われていません。ここ数日のうちにお支払い済みの場合は、ご放念ください。",
    ),
    "letter_total": ("To be paid in all", "合计应付", "お支払いの合計"),
    "letter_what": ("What", "项目", "内容"),
    "letter_since": ("Due for", "逾期", "経過"),
    "letter_amount": ("Amount", "金额", "金額"),
    "letter_late": ("Late fee, {unit}", "违约金，{unit}", "遅延損害金、{unit}"),
    "letter_lease": ("Rent, {unit}", "租金，{unit}", "家賃、{unit}"),
    "letter_account": ("Property fee, {unit}", "物业费，{unit}", "管理費、{unit}"),
    "letter_bill": ("Bill, {unit}", "账单，{unit}", "請求書、{unit}"),
    "age_0": ("less than 30 days", "30天以内", "30日未満"),
    "age_30": ("30 to 59 days", "30至59天", "30〜59日"),
    "age_60": ("60 to 89 days", "60至89天", "60〜89日"),
    "age_90": ("90 days or more", "90天以上", "90日以上"),
    "letter_do": ("What you can do", "您可以这样做", "お願いしたいこと"),
    "letter_do_pay": (
        "Pay {amount} to the account below, with the reference. Your bank does it at the counter, too.",
        "请按下方账号转账{amount}，并填写附言。也可以到银行柜台办理。",
        "下の口座へ {amount} を、摘要を添えてお振り込みください。銀行の窓口でもできます。",
    ),
    "letter_do_balance": (
        "Or put money into your balance, if you have allowed us to collect: then it is taken from there.",
        "如果您已授权自动扣款，也可以为余额充值，我们会从余额中扣取。",
        "自動引落しを許可されている方は、残高へのご入金でも結構です。そこから引き落とします。",
    ),
    "letter_do_talk": (
        "If you cannot pay it all at once, talk to us before {day}. We can agree on instalments.",
        "如果一次付清有困难，请在{day}之前与我们联系，可以商定分期支付。",
        "一度でのお支払いが難しいときは、{day} までにご相談ください。分割のお約束ができます。",
    ),
    "letter_do_wrong": (
        "If you think that this is wrong, tell us. You have the right to see every figure and to dispute it.",
        "如果您认为金额有误，请告诉我们。您有权查看每一个数字并提出异议。",
        "誤りがあると思われるときはお知らせください。すべての数字をご覧になり、異議を申し立てる権利があります。",
    ),
    "letter_next_0": (
        "Nothing else happens for now.",
        "目前不会有其他后果。",
        "今のところ、これ以外のことはございません。",
    ),
    "letter_next_30": (
        "A late fee may grow every day until it is paid, as agreed in your contract.",
        "在付清之前，可能按合同约定逐日计收违约金。",
        "お支払いまで、契約に定めた遅延損害金が日ごとに加わることがあります。",
    ),
    "letter_next_60": (
        "If we hear nothing, the delay may be entered into your payment history after a notice of its own.",
        "如果没有您的回音，逾期情况可能在另行通知后记入您的付款记录。",
        "ご連絡がない場合、別途の通知のうえ、お支払いの遅れが記録されることがあります。",
    ),
    "letter_next_90": (
        "If we hear nothing, we may have to give formal notice. We would rather find a way with you.",
        "如果没有您的回音，我们可能不得不发出正式通知。我们更愿意和您一起找到办法。",
        "ご連絡がない場合、正式な通知をせざるを得ないことがあります。その前に、ご一緒に方法を考えたいと思います。",
    ),
    # ---- calendars
    "calendar": ("Due dates of {name}", "{name}的应付日期", "{name} 様のお支払日"),
    "event_rent": ("Rent {amount}, {unit}", "租金{amount}，{unit}", "家賃 {amount}、{unit}"),
    "event_fee": ("Property fee {amount}, {unit}", "物业费{amount}，{unit}", "管理費 {amount}、{unit}"),
    "event_instalment": (
        "Instalment {amount}, {unit}",
        "分期付款{amount}，{unit}",
        "分割払い {amount}、{unit}",
    ),
    "event_bill": ("Bill {amount}, {unit}", "账单{amount}，{unit}", "請求 {amount}、{unit}"),
    "event_reference": ("Reference: {reference}", "附言：{reference}", "摘要：{reference}"),
}
_INDEX: Final = {language: index for index, language in enumerate(LANGUAGES)}


def text(language: str, key: str, **values: object) -> str:
    """A text in a language, its places filled in; KeyError for one that does not exist."""
    return _TEXTS[key][_INDEX[language]].format(**values)


def keys() -> frozenset[str]:
    return frozenset(_TEXTS)
