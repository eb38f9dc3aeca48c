"""Words of one notice as a machine drafted them: nobody has read them, so nobody is shown them.

Pure. What an officer does next is to have them read by somebody who speaks the language.
"""

from collections.abc import Mapping
from typing import Any, Final

NOTICE: Final = "orders"
DRAFTED: Final[Mapping[str, Mapping[str, Any]]] = {
    "mr": {
        "title": "निंबू रिटेल तुमचा डेटा कसा वापरते",
        "introduction": "तुमची ऑर्डर पूर्ण करण्यासाठी आम्हाला याची गरज आहे.",
        "item": {
            "title": "तुमच्या ऑर्डर",
            "description": (
                "तुम्ही मागवलेले पूर्ण करण्यासाठी आम्ही तुमचा डेटा वापरतो: पैसे भरणे, वितरण आणि परतावा."
            ),
            "data": ["नाव", "पत्ता", "ऑर्डर"],
            "enables": "तुम्ही मागवलेले तुम्हाला मिळते.",
        },
        "withdraw": "दिली तितक्याच सहज तुमची संमती मागे घ्या",
        "rights": "तुमचा डेटा पाहा, दुरुस्त करा किंवा पुसून टाका",
        "grievance": "आमच्याकडे तक्रार करा",
        "board": "भारतीय डेटा संरक्षण मंडळाकडे तक्रार करा",
        "contact": "डेटा संरक्षण अधिकाऱ्याचे कार्यालय",
    },
    "ta": {
        "title": "நிம்பு ரீடெயில் உங்கள் தரவை எவ்வாறு பயன்படுத்துகிறது",
        "introduction": "நீங்கள் ஆர்டர் செய்ததை நிறைவேற்ற இது எங்களுக்குத் தேவை.",
        "item": {
            "title": "உங்கள் ஆர்டர்கள்",
            "description": (
                "நீங்கள் ஆர்டர் செய்ததை நிறைவேற்ற உங்கள் தரவைப் "
                "பயன்படுத்துகிறோம்: கட்டணம், விநியோகம், திருப்பி "
                "அனுப்புதல்."
            ),
            "data": ["பெயர்", "முகவரி", "ஆர்டர்கள்"],
            "enables": "நீங்கள் ஆர்டர் செய்தது உங்களுக்குக் கிடைக்கும்.",
        },
        "withdraw": "அளித்ததைப் போலவே எளிதாக உங்கள் ஒப்புதலைத் திரும்பப் பெறுங்கள்",
        "rights": "உங்கள் தரவைப் பாருங்கள், திருத்துங்கள் அல்லது அழியுங்கள்",
        "grievance": "எங்களிடம் புகார் செய்யுங்கள்",
        "board": "இந்தியத் தரவுப் பாதுகாப்பு வாரியத்திடம் புகார் செய்யுங்கள்",
        "contact": "தரவுப் பாதுகாப்பு அலுவலர் அலுவலகம்",
    },
    "te": {
        "title": "నింబు రిటైల్ మీ డేటాను ఎలా ఉపయోగిస్తుంది",
        "introduction": "మీరు ఆర్డర్ చేసినదాన్ని పూర్తి చేయడానికి ఇది మాకు అవసరం.",
        "item": {
            "title": "మీ ఆర్డర్లు",
            "description": ("మీరు ఆర్డర్ చేసినదాన్ని పూర్తి చేయడానికి మీ డేటాను ఉపయోగిస్తాము: చెల్లింపు, డెలివరీ, వాపసులు."),
            "data": ["పేరు", "చిరునామా", "ఆర్డర్లు"],
            "enables": "మీరు ఆర్డర్ చేసినది మీకు అందుతుంది.",
        },
        "withdraw": "ఇచ్చినంత సులభంగా మీ సమ్మతిని వెనక్కి తీసుకోండి",
        "rights": "మీ డేటాను చూడండి, సరిదిద్దండి లేదా తొలగించండి",
        "grievance": "మాకు ఫిర్యాదు చేయండి",
        "board": "భారత డేటా రక్షణ మండలికి ఫిర్యాదు చేయండి",
        "contact": "డేటా రక్షణ అధికారి కార్యాలయం",
    },
}


def content(english: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The words of the notice in that language, built as the English ones are."""
    told = DRAFTED[language]
    links = {
        name: {**english[name], "text": told[name]}
        for name in ("withdraw", "rights", "grievance", "board")
    }
    return {
        **english, **links, "title": told["title"], "introduction": told["introduction"],
        "items": [{**english["items"][0], **told["item"]}],
        "contact": {**english["contact"], "name": told["contact"]},
    }  # fmt: skip
