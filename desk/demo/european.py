"""What a notice under the GDPR says beyond the Indian one, in two languages. Pure."""

from collections.abc import Mapping
from typing import Any

from desk.demo.companies import Company

BASES = {
    "6-1-a": ("Your consent (GDPR Art 6(1)(a))", "आपकी सहमति (GDPR अनुच्छेद 6(1)(a))"),
    "6-1-b": (
        "The contract you made with us (GDPR Art 6(1)(b))",
        "हमारे साथ आपका अनुबंध (GDPR अनुच्छेद 6(1)(b))",
    ),
    "6-1-f": (
        "Our legitimate interest (GDPR Art 6(1)(f))", "हमारा वैध हित (GDPR अनुच्छेद 6(1)(f))",
    ),
}  # fmt: skip
INTEREST = (
    "We want pages that work; you may object at any time.",
    "हम चाहते हैं कि हमारे पृष्ठ ठीक से काम करें; आप कभी भी आपत्ति कर सकते हैं।",
)
RIGHTS = {
    "access": ("See your data", "अपना डेटा देखना"),
    "rectification": ("Have them corrected", "उसे सुधरवाना"),
    "erasure": ("Have them erased", "उसे मिटवाना"),
    "restriction": ("Have their use restricted", "उसके उपयोग को सीमित करवाना"),
    "objection": ("Object to their use", "उसके उपयोग पर आपत्ति करना"),
    "portability": ("Take them with you", "उसे अपने साथ ले जाना"),
}
TRANSFERS = (
    "Our text message service works in the United Kingdom, for which the European Commission "
    "found an adequate level of protection. Nothing else leaves the European Economic Area.",
    "हमारी एसएमएस सेवा यूनाइटेड किंगडम में है, जिसके संरक्षण स्तर को यूरोपीय आयोग ने पर्याप्त "
    "पाया है। और कुछ भी यूरोपीय आर्थिक क्षेत्र से बाहर नहीं जाता।",
)
NECESSITY = {
    True: (
        "Without these data we cannot fulfil your order.",
        "इस डेटा के बिना हम आपका ऑर्डर पूरा नहीं कर सकते।",
    ),
    False: (
        "You need not give us these data; nothing else depends on it.",
        "यह डेटा देना आवश्यक नहीं है; और कुछ भी इस पर निर्भर नहीं है।",
    ),
}
AUTOMATED = (
    "A computer program orders what you see first, by what people with similar purchases chose. It "
    "decides nothing else about you.",
    "एक कंप्यूटर प्रोग्राम तय करता है कि आपको पहले क्या दिखे, इस आधार पर कि समान ख़रीदारी वाले लोगों "
    "ने क्या चुना। वह आपके बारे में और कुछ तय नहीं करता।",
)
OURSELVES = ("Nobody but us", "हमारे सिवा कोई नहीं")
LANGUAGES = ("en", "hi")


def item(company: Company, plan: Any, language: str) -> dict[str, Any]:
    """What is said of one purpose. `plan` is the purpose's plan."""
    place = LANGUAGES.index(language)
    ground = plan.grounds["EU"]
    names = {party.code: party.name for party in company.parties}
    years = max(1, round(plan.retention_days / 365))
    said: dict[str, Any] = {
        "basis": BASES[ground][place],
        "recipients": [names[code] for code in plan.recipients] or [OURSELVES[place]],
        "retention": (f"Years: {years}", f"वर्ष: {years}")[place],
    }
    return {**said, "interests": INTEREST[place]} if ground == "6-1-f" else said


def whole(company: Company, language: str, *, is_needed: bool, uses_ai: bool) -> Mapping[str, Any]:
    """What is said of the notice as a whole."""
    place = LANGUAGES.index(language)
    said: dict[str, Any] = {
        "controller": {"name": company.name, "contact": company.contact_email},
        "dpo": {"email": company.contact_email},
        "data_rights": {name: texts[place] for name, texts in RIGHTS.items()},
        "transfers": TRANSFERS[place],
        "necessity": NECESSITY[is_needed][place],
        "collected_from": "person",
    }
    return {**said, "automated": AUTOMATED[place]} if uses_ai else said
