"""What the invented Indian company says in Urdu, beside English and Hindi. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from desk.demo.companies import (
    ANALYTICS,
    CLOSED,
    EMAIL,
    HEALTH,
    ORDERS,
    PARTNERS,
    RECOMMENDATIONS,
    SMS,
)

Told = tuple[str, str, tuple[str, ...], str]
"""Title, description, data, and what it makes possible."""

SAID: Final[Mapping[str, Told]] = {
    EMAIL: (
        "ای میل سے پیشکشیں",
        "ہم آپ کو اپنی مصنوعات کی پیشکشیں اور خبریں ای میل سے بھیجتے ہیں، "
        "ہفتے میں زیادہ سے زیادہ ایک بار۔",
        ("ای میل پتا", "نام", "پچھلے بارہ مہینوں کی خریداری"),
        "پیشکش ختم ہونے سے پہلے آپ کو اس کی خبر مل جاتی ہے۔",
    ),
    SMS: (
        "ایس ایم ایس سے پیشکشیں",
        "ہم آپ کو ایس ایم ایس سے مختصر پیشکشیں بھیجتے ہیں، مہینے میں زیادہ سے زیادہ دو بار۔",
        ("موبائل نمبر",),
        "تھوڑے وقت کی رعایتی فروخت کی اطلاع آپ کو وقت پر ملتی ہے۔",
    ),
    RECOMMENDATIONS: (
        "آپ کے لیے موزوں تجاویز",
        "آپ نے جو دیکھا اور خریدا، اس کا موازنہ ہم دوسروں کی خریداری سے "
        "کرتے ہیں، اور ایک کمپیوٹر پروگرام"
        " چنتا ہے کہ آپ کو پہلے کیا دکھایا جائے۔",
        ("آپ کے دیکھے ہوئے صفحات", "خریداری"),
        "آپ کو موزوں مصنوعات جلدی مل جاتی ہیں۔",
    ),
    ANALYTICS: (
        "ہمارے صفحات کی بہتری",
        "ہم گنتے ہیں کہ ہمارے صفحات کیسے استعمال ہوتے ہیں، تاکہ معلوم ہو "
        "کہ کیا ٹھیک کام نہیں کرتا۔",
        ("آپ کے دیکھے ہوئے صفحات", "آلے کی قسم"),
        "صفحات زیادہ تیز اور واضح ہو جاتے ہیں۔",
    ),
    ORDERS: (
        "آپ کے آرڈر",
        "آپ کا آرڈر پورا کرنے، یعنی ادائیگی، ترسیل اور واپسی کے لیے ہم آپ "
        "کا ڈیٹا استعمال کرتے ہیں۔",
        ("نام", "پتا", "آرڈر"),
        "جو آپ نے منگوایا وہ آپ تک پہنچتا ہے۔",
    ),
    PARTNERS: (
        "ہمارے شراکت داروں کی پیشکشیں",
        "ہم آپ کا ای میل پتا ان شراکت داروں کو دیتے ہیں جن کے نام ہمارے "
        "رازداری کے صفحے پر ہیں، اور وہ آپ کو"
        " اپنی پیشکشیں بھیجتے ہیں۔",
        ("ای میل پتا",),
        "آپ کو ہمارے شراکت داروں کی پیشکشیں ملتی ہیں۔",
    ),
    HEALTH: (
        "صحت کی یاد دہانیاں",
        "آپ نے ہمیں جن ٹیکوں اور دواؤں کے بارے میں بتایا ہے، ہم آپ کو ان کی یاد دلاتے ہیں۔",
        ("ای میل پتا", "صحت کی وہ معلومات جو آپ نے ہمیں دیں"),
        "آپ سے کوئی تاریخ نہیں چھوٹتی۔",
    ),
    CLOSED: (
        "لائلٹی کلب",
        "ہم آپ کی خریداری پر پوائنٹ جمع کرتے ہیں۔",
        ("خریداری",),
        "آپ کو اپنے پوائنٹ پر رعایت ملتی ہے۔",
    ),
}
FIRST: Final[Told] = (
    "ای میل سے پیشکشیں",
    "ہم آپ کو ای میل سے پیشکشیں بھیجتے ہیں، مہینے میں زیادہ سے زیادہ ایک بار۔",
    ("ای میل پتا", "نام"),
    "پیشکش ختم ہونے سے پہلے آپ کو اس کی خبر مل جاتی ہے۔",
)
"""What the first version of the notice that changed said."""
NEEDED: Final = {
    True: "آپ کا آرڈر پورا کرنے کے لیے ہمیں اس کی ضرورت ہے۔",
    False: (
        "فیصلہ آپ کا ہے۔ یہاں کوئی بات ہم سے خریداری کی شرط نہیں، اور آپ "
        "کسی بھی وقت اپنا ارادہ بدل سکتے ہیں۔"
    ),
}
LINKS: Final = {
    "withdraw": "اپنی رضامندی اتنی ہی آسانی سے واپس لیں جتنی آسانی سے آپ نے دی تھی",
    "rights": "اپنا ڈیٹا دیکھیں، درست کرائیں یا مٹوائیں",
    "grievance": "ہم سے شکایت کریں",
    "board": "بھارت کے ڈیٹا پروٹیکشن بورڈ سے شکایت کریں",
}
CONTACT: Final = "دفتر افسر تحفظ ڈیٹا"


def content(english: Mapping[str, Any], told: Sequence[Told], *, is_needed: bool) -> dict[str, Any]:
    """The words of a notice; addresses and the purposes' codes as in the "
    "English ones."""
    items = [
        {
            **item, "title": title, "description": description, "data": list(data),
            "enables": enables,
        }
        for item, (title, description, data, enables) in zip(english["items"], told, strict=True)
    ]  # fmt: skip
    links = {name: {**english[name], "text": text} for name, text in LINKS.items()}
    return {
        **english, **links, "items": items, "introduction": NEEDED[is_needed],
        "title": "نمبو ریٹیل آپ کا ڈیٹا کیسے استعمال کرتا ہے",
        "contact": {**english["contact"], "name": CONTACT},
    }  # fmt: skip
