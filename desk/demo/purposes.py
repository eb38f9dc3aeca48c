"""What the invented companies use data for, and their notices in their languages. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desk.demo import european, urdu
from desk.demo.companies import (
    ANALYTICS,
    CLOSED,
    DRAFT,
    EMAIL,
    HEALTH,
    ORDERS,
    PARTNERS,
    RECOMMENDATIONS,
    SMS,
    Company,
)

CATEGORIES = (
    ("pd:EmailAddress", "E-mail address", False),
    ("pd:TelephoneNumber", "Telephone number", False),
    ("pd:Name", "Name", False),
    ("pd:PhysicalAddress", "Address", False),
    ("pd:PurchasesAndSpendingHabit", "Purchases", False),
    ("pd:BrowsingBehaviour", "Pages looked at", False),
    ("pd:Health", "Health", True),
)
ON_CONSENT = {"IN": "consent", "EU": "6-1-a"}


@dataclass(frozen=True, slots=True)
class Said:
    """A purpose in one language: what, which data, what for."""

    title: str
    description: str
    data: tuple[str, ...]
    enables: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposePlan:
    """A purpose, what the law must know of it, and its words."""

    code: str
    en: Said
    hi: Said
    dpv: str
    categories: tuple[str, ...]
    grounds: Mapping[str, str]
    retention_days: int = 730
    valid_days: int | None = None
    is_marketing: bool = False
    is_tracking: bool = False
    uses_ai: bool = False
    needs_explicit: bool = False
    recipients: tuple[str, ...] = ()


PURPOSES = (
    PurposePlan(
        code=EMAIL, dpv="dpv:DirectMarketing", grounds=ON_CONSENT, is_marketing=True,
        valid_days=1095, categories=("pd:EmailAddress", "pd:Name", "pd:PurchasesAndSpendingHabit"),
        recipients=("mailer",),
        en=Said(
            "Offers by e-mail",
            "We send you offers and news about our products by e-mail, at most once a week.",
            ("E-mail address", "Name", "Purchases of the last twelve months"),
            "You receive offers before they end.",
        ),
        hi=Said(
            "ई-मेल से ऑफ़र",
            "हम आपको अपने उत्पादों के ऑफ़र और समाचार ई-मेल से भेजते हैं, सप्ताह में अधिकतम एक बार।",
            ("ई-मेल पता", "नाम", "पिछले बारह महीनों की ख़रीदारी"),
            "ऑफ़र समाप्त होने से पहले आपको उनकी जानकारी मिल जाती है।",
        ),
    ),
    PurposePlan(
        code=SMS, dpv="dpv:DirectMarketing", grounds=ON_CONSENT, is_marketing=True,
        valid_days=1095, categories=("pd:TelephoneNumber",), recipients=("messages",),
        en=Said(
            "Offers by text message",
            "We send you short offers by text message, at most twice a month.",
            ("Mobile number",),
            "You learn of short sales in time.",
        ),
        hi=Said(
            "एसएमएस से ऑफ़र",
            "हम आपको एसएमएस से छोटे ऑफ़र भेजते हैं, महीने में अधिकतम दो बार।",
            ("मोबाइल नंबर",),
            "कम समय की बिक्री की सूचना आपको समय पर मिलती है।",
        ),
    ),
    PurposePlan(
        code=RECOMMENDATIONS, dpv="dpv:ProvidePersonalisedRecommendations", grounds=ON_CONSENT,
        is_tracking=True, uses_ai=True,
        categories=("pd:BrowsingBehaviour", "pd:PurchasesAndSpendingHabit"),
        en=Said(
            "Recommendations that fit you",
            "We compare what you looked at and bought with what others bought, and a computer "
            "program chooses what we show you first.",
            ("Pages you looked at", "Purchases"),
            "You find suitable products faster.",
        ),
        hi=Said(
            "आपके लिए उपयुक्त सुझाव",
            "आपने जो देखा और ख़रीदा, उसकी तुलना हम दूसरों की ख़रीदारी से करते हैं, और एक कंप्यूटर "
            "प्रोग्राम चुनता है कि आपको पहले क्या दिखाया जाए।",
            ("आपके देखे हुए पृष्ठ", "ख़रीदारी"),
            "आपको उपयुक्त उत्पाद जल्दी मिल जाते हैं।",
        ),
    ),
    PurposePlan(
        code=ANALYTICS, dpv="dpv:ServiceOptimisation",
        grounds={"IN": "consent", "EU": "6-1-f"}, categories=("pd:BrowsingBehaviour",),
        retention_days=395,
        en=Said(
            "Improving our pages",
            "We count how our pages are used, to see what does not work.",
            ("Pages you looked at", "Kind of device"),
            "Pages become quicker and clearer.",
        ),
        hi=Said(
            "हमारे पृष्ठों में सुधार",
            "हम गिनते हैं कि हमारे पृष्ठों का उपयोग कैसे होता है, ताकि पता चले कि क्या ठीक से काम "
            "नहीं कर रहा है।",
            ("आपके देखे हुए पृष्ठ", "उपकरण का प्रकार"),
            "पृष्ठ तेज़ और अधिक स्पष्ट हो जाते हैं।",
        ),
    ),
    PurposePlan(
        code=ORDERS, dpv="dpv:CustomerOrderManagement",
        grounds={"IN": "consent", "EU": "6-1-b"},
        categories=("pd:Name", "pd:PhysicalAddress", "pd:PurchasesAndSpendingHabit"),
        retention_days=2922,
        en=Said(
            "Your orders",
            "We use your data to fulfil what you ordered: payment, delivery and returns.",
            ("Name", "Address", "Orders"),
            "You receive what you ordered.",
        ),
        hi=Said(
            "आपके ऑर्डर",
            "आपके ऑर्डर को पूरा करने के लिए, यानी भुगतान, डिलीवरी और वापसी के लिए, हम आपके डेटा का "
            "उपयोग करते हैं।",
            ("नाम", "पता", "ऑर्डर"),
            "आपने जो ऑर्डर किया है वह आप तक पहुँचता है।",
        ),
    ),
    PurposePlan(
        code=PARTNERS, dpv="dpv:Marketing", grounds=ON_CONSENT, is_marketing=True,
        categories=("pd:EmailAddress",), recipients=("old-agency",),
        en=Said(
            "Offers of our partners",
            "We give your e-mail address to the partners named on our privacy page, who send you "
            "offers of their own.",
            ("E-mail address",),
            "You receive offers of our partners.",
        ),
        hi=Said(
            "हमारे साझेदारों के ऑफ़र",
            "हम आपका ई-मेल पता अपने गोपनीयता पृष्ठ पर बताए गए साझेदारों को देते हैं, जो आपको अपने "
            "ऑफ़र भेजते हैं।",
            ("ई-मेल पता",),
            "आपको हमारे साझेदारों के ऑफ़र मिलते हैं।",
        ),
    ),
    PurposePlan(
        code=HEALTH, dpv="dpv:CommunicationManagement", grounds=ON_CONSENT, needs_explicit=True,
        categories=("pd:EmailAddress", "pd:Health"), retention_days=365,
        en=Said(
            "Health reminders",
            "We remind you of the vaccinations and medicines that you told us about.",
            ("E-mail address", "Health details you gave us"),
            "You do not miss a date.",
        ),
        hi=Said(
            "स्वास्थ्य संबंधी याद",
            "आपने हमें जिन टीकों और दवाओं के बारे में बताया है, हम आपको उनकी याद दिलाते हैं।",
            ("ई-मेल पता", "स्वास्थ्य की वह जानकारी जो आपने हमें दी"),
            "आपसे कोई तारीख़ नहीं छूटती।",
        ),
    ),
    PurposePlan(
        code=CLOSED, dpv="dpv:CustomerManagement", grounds=ON_CONSENT,
        categories=("pd:PurchasesAndSpendingHabit",),
        en=Said(
            "Loyalty club",
            "We collect points for your purchases.",
            ("Purchases",),
            "You get a discount for your points.",
        ),
        hi=Said(
            "लॉयल्टी क्लब",
            "हम आपकी ख़रीदारी पर अंक जोड़ते हैं।",
            ("ख़रीदारी",),
            "आपके अंकों पर आपको छूट मिलती है।",
        ),
    ),
    PurposePlan(
        code=DRAFT, dpv="dpv:ResearchAndDevelopment", grounds=ON_CONSENT,
        categories=("pd:EmailAddress",),
        en=Said(
            "Surveys",
            "We ask you by e-mail what you think of us.",
            ("E-mail address",),
            "We learn what to do better.",
        ),
        hi=Said(
            "सर्वेक्षण",
            "हम ई-मेल से पूछते हैं कि आप हमारे बारे में क्या सोचते हैं।",
            ("ई-मेल पता",),
            "हम सीखते हैं कि क्या बेहतर करना है।",
        ),
    ),
)  # fmt: skip
BY_CODE = {plan.code: plan for plan in PURPOSES}

NOTICES = (
    ("email-offers", (EMAIL,)),
    ("sms-offers", (SMS,)),
    ("personal-pages", (RECOMMENDATIONS, ANALYTICS)),
    ("orders", (ORDERS,)),
    ("partner-offers", (PARTNERS,)),
    ("health-reminders", (HEALTH,)),
    ("loyalty-club", (CLOSED,)),
)
NOTICE_OF = {purpose: code for code, purposes in NOTICES for purpose in purposes}
CHANGED = "email-offers"
"""The notice that changed materially: its first version spoke of fewer data and fewer letters."""
FIRST_WORDS = (
    Said(
        "Offers by e-mail",
        "We send you offers by e-mail, at most once a month.",
        ("E-mail address", "Name"),
        "You receive offers before they end.",
    ),
    Said(
        "ई-मेल से ऑफ़र",
        "हम आपको ई-मेल से ऑफ़र भेजते हैं, महीने में अधिकतम एक बार।",
        ("ई-मेल पता", "नाम"),
        "ऑफ़र समाप्त होने से पहले आपको उनकी जानकारी मिल जाती है।",
    ),
)


def number_in_force(notice: str) -> int:
    """The number of the version that is in force."""
    return 2 if notice == CHANGED else 1


def content(company: Company, notice: str, number: int) -> dict[str, dict[str, Any]]:
    """The words of a notice version by language."""
    codes = dict(NOTICES)[notice]
    is_first = notice == CHANGED and number == 1
    en = FIRST_WORDS[:1] if is_first else tuple(BY_CODE[code].en for code in codes)
    hi = FIRST_WORDS[1:] if is_first else tuple(BY_CODE[code].hi for code in codes)
    is_needed = ORDERS in codes
    words = {
        "en": _english(company, codes, en, is_needed),
        "hi": _hindi(company, codes, hi, is_needed),
    }
    if company.pack == "IN":
        ur = (urdu.FIRST,) if is_first else tuple(urdu.SAID[code] for code in codes)
        words["ur"] = urdu.content(words["en"], ur, is_needed=is_needed)
    if company.pack == "EU":
        for language, told in words.items():
            _complete(company, codes, language, told)
    return words


def _complete(
    company: Company, codes: tuple[str, ...], language: str, told: dict[str, Any]
) -> None:
    """Add what the GDPR asks a notice to say."""
    plans = [BY_CODE[code] for code in codes]
    for one, plan in zip(told["items"], plans, strict=True):
        one.update(european.item(company, plan, language))
    uses_ai = any(plan.uses_ai for plan in plans)
    told.update(european.whole(company, language, is_needed=ORDERS in codes, uses_ai=uses_ai))


def _english(
    company: Company, codes: tuple[str, ...], said: tuple[Said, ...], is_needed: bool
) -> dict[str, Any]:
    return {
        "title": f"How {company.name} uses your data",
        "introduction": "We need this to fulfil what you order." if is_needed else (
            "You decide. Nothing here is a condition of buying from us, and you can change your "
            "mind at any time."
        ),
        "items": _items(codes, said),
        "withdraw": _link("Withdraw your consent as easily as you gave it"),
        "rights": _link("See, correct or erase your data"),
        "grievance": _link("Complain to us"),
        "board": _link(f"Complain to {company.authority}", company.authority_url),
        "contact": {"name": company.contact_name, "email": company.contact_email},
    }  # fmt: skip


def _hindi(
    company: Company, codes: tuple[str, ...], said: tuple[Said, ...], is_needed: bool
) -> dict[str, Any]:
    return {
        "title": f"{company.name} आपके डेटा का उपयोग कैसे करता है",
        "introduction": "आपके ऑर्डर को पूरा करने के लिए हमें इसकी आवश्यकता है।" if is_needed else (
            "निर्णय आपका है। इनमें से कुछ भी हमसे ख़रीदारी करने की शर्त नहीं है, और आप किसी भी समय "
            "अपना निर्णय बदल सकते हैं।"
        ),
        "items": _items(codes, said),
        "withdraw": _link("अपनी सहमति उतनी ही आसानी से वापस लें जितनी आसानी से आपने दी थी"),
        "rights": _link("अपना डेटा देखें, सुधारें या मिटवाएँ"),
        "grievance": _link("हमसे शिकायत करें"),
        "board": _link(f"{company.authority_hi} से शिकायत करें", company.authority_url),
        "contact": {"name": company.contact_name_hi, "email": company.contact_email},
    }  # fmt: skip


def _items(codes: tuple[str, ...], said: tuple[Said, ...]) -> list[dict[str, Any]]:
    return [
        {
            "purpose": code, "title": one.title, "description": one.description,
            "data": list(one.data), "enables": one.enables,
        }
        for code, one in zip(codes, said, strict=True)
    ]  # fmt: skip


def _link(text: str, url: str = "/privacy/") -> dict[str, str]:
    return {"text": text, "url": url}
