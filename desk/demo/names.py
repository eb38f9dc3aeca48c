"""Names, places and numbers for people who do not exist. Pure.

Domains are those reserved for examples (RFC 2606, RFC 6761). Telephone numbers are from the ranges
that Ofcom and PTS keep free for fiction; India keeps none, so nobody there has one.
"""

FIRST = {
    "IN": (
        "Aarav", "Aditi", "Ananya", "Arjun", "Asha", "Bhavna", "Chetan", "Deepa", "Devika",
        "Farhan", "Gauri", "Harish", "Isha", "Jaya", "Kabir", "Kavita", "Lakshmi", "Manoj",
        "Meera", "Nandini", "Nikhil", "Ojas", "Pooja", "Priya", "Rahul", "Ravi", "Rekha", "Sana",
        "Sanjay", "Shreya", "Sunita", "Tara", "Uma", "Varun", "Vidya", "Vikram", "Yash", "Zoya",
    ),
    "EU": (
        "Agnes", "Alva", "Anders", "Anna", "Astrid", "Bram", "Clara", "Daan", "Ebba", "Elin",
        "Emil", "Femke", "Freja", "Greta", "Hanna", "Hugo", "Ida", "Jan", "Jonas", "Karin",
        "Lars", "Lena", "Linnea", "Lotte", "Maja", "Maria", "Mats", "Nils", "Nora", "Olle",
        "Oskar", "Petra", "Pieter", "Saga", "Sanne", "Sofia", "Sven", "Tove", "Ulla", "Wout",
    ),
}  # fmt: skip
LAST = {
    "IN": (
        "Ambawali", "Bagicha", "Chandnipur", "Dhoopgarh", "Elaichi", "Gulabi", "Himkund",
        "Imliwala", "Jheelani", "Kachnar", "Lalitgarh", "Mogra", "Neemkar", "Paharwala",
        "Rangoli", "Sabzwar", "Tulsiwala", "Udaanpuri", "Varshani", "Zafranwala",
    ),
    "EU": (
        "Aspholm", "Bergdal", "Dimvik", "Eldsund", "Fagerlund", "Granskog", "Havsglimt",
        "Isvinge", "Klarbro", "Ljungfors", "Molnstig", "Norrsken", "Polderman", "Regnbo",
        "Snovall", "Tulpendam", "Vindmark", "Windkamp", "Zeester", "Ostanvik",
    ),
}  # fmt: skip
DOMAINS = ("example.org", "example.com", "example.net", "mail.example")

# Weights out of a hundred or so; the first is the most common.
LANGUAGES = {
    "IN": (
        ("hi", 44),
        ("en", 22),
        ("bn", 7),
        ("mr", 7),
        ("te", 6),
        ("ta", 6),
        ("gu", 4),
        ("ur", 4),
    ),
    "EU": (("sv", 52), ("en", 18), ("nl", 13), ("de", 10), ("fi", 5), ("hi", 2)),
}
REGIONS = {
    "IN": (
        ("IN-MH", 18), ("IN-UP", 15), ("IN-KA", 11), ("IN-DL", 10), ("IN-TN", 9), ("IN-GJ", 9),
        ("IN-WB", 9), ("IN-RJ", 7), ("IN-TG", 7), ("IN-KL", 5),
    ),
    "EU": (("SE-AB", 34), ("SE-O", 24), ("SE-M", 19), ("SE-C", 9), ("SE-BD", 6), ("SE-E", 8)),
}  # fmt: skip
RESIDENCES = {
    "IN": (("IN", 968), ("AE", 14), ("US", 8), ("DE", 4), ("NL", 2), ("", 4)),
    "EU": (("SE", 760), ("NL", 90), ("DE", 70), ("FI", 40), ("NO", 25), ("IN", 9), ("", 6)),
}
TIME_ZONES = {
    "IN": "Asia/Kolkata", "SE": "Europe/Stockholm", "NL": "Europe/Amsterdam",
    "DE": "Europe/Berlin", "FI": "Europe/Helsinki", "NO": "Europe/Oslo", "AE": "Asia/Dubai",
    "US": "America/New_York", "": "",
}  # fmt: skip
ABROAD = {"IN": "DE", "EU": "IN"}


def phone(pack: str, number: int) -> str:
    """The telephone number of the so-manyth person, while there are any to give."""
    if pack != "EU":
        return ""
    if number < 95:
        return f"+467017406{number + 5:02}"
    if number < 1095:
        return f"+447700900{number - 95:03}"
    return ""
