"""Invented Javanese and Indonesian names for the truth set, with how often they are borne.

Older people often bear one name, put together of a beginning and an ending; younger ones bear two
or three. Nobody is meant: every name is drawn from these lists.
"""

from random import Random

MALE, FEMALE = 1, 2

_BEGINNINGS = ["Su", "Nga", "Pai", "Har", "Mar", "Sar", "Wi", "Tu", "Pon", "Wa", "Ka", "Mu", "Jo"]
_MALE_ENDINGS = [
    "parman", "yatno", "yanto", "tarno", "harto", "giyo", "jono", "diyono", "kirno", "min",
    "kijan", "gimin", "mardi", "wito", "narto", "prapto", "geng", "rejo", "diran", "warno",
    "trisno", "pardi", "roso", "kamto", "badi", "lamin", "timan", "jiman", "dirjo", "kidi",
]  # fmt: skip
_FEMALE_ENDINGS = [
    "tini", "yem", "rah", "ginem", "lastri", "yati", "harni", "kinah", "warni", "mirah",
    "parti", "jinem", "tinah", "siyem", "narti", "wati", "kartini", "jiyah", "minah", "rini",
    "prapti", "diyem", "giyanti", "sini", "lami", "tumi", "kemi", "badriyah", "musri", "ratmi",
]  # fmt: skip
_MALE_FIRST = [
    "Agus", "Budi", "Eko", "Slamet", "Bambang", "Joko", "Dwi", "Tri", "Heru", "Wahyu", "Andi",
    "Rudi", "Hendra", "Yudi", "Ahmad", "Abdul", "Imam", "Nur", "Rizki", "Dimas", "Bagus", "Fajar",
    "Galih", "Aditya", "Arif", "Rahmat", "Taufik", "Yusuf", "Ilham", "Bayu", "Satria", "Raka",
    "Danang", "Anang", "Sigit", "Totok", "Gunawan", "Purwanto", "Widodo", "Ibrahim", "Farel",
]  # fmt: skip
_FEMALE_FIRST = [
    "Sri", "Siti", "Dewi", "Endang", "Nur", "Retno", "Rina", "Wahyu", "Titik", "Yuni", "Ika",
    "Ratna", "Dyah", "Indah", "Lestari", "Ani", "Fitri", "Anisa", "Putri", "Ayu", "Nabila",
    "Aulia", "Zahra", "Aisyah", "Salsabila", "Citra", "Maya", "Intan", "Kartika", "Mega", "Tika",
    "Novi", "Rahayu", "Sulastri", "Murni", "Khoirun", "Umi", "Amelia", "Syifa", "Najwa", "Kirana",
]  # fmt: skip
_MALE_SECOND = [
    "Santoso", "Prasetyo", "Riyadi", "Susilo", "Wibowo", "Nugroho", "Setiawan", "Hidayat",
    "Kurniawan", "Saputra", "Pratama", "Wijaya", "Utomo", "Raharjo", "Purnomo", "Handoko",
    "Cahyono", "Suryanto", "Haryono", "Maulana", "Ramadhan", "Firmansyah", "Ardiansyah",
    "Wicaksono",
    "Kusuma", "Mahendra", "Subagyo", "Triyono", "Basuki", "Yulianto", "Saifudin", "Mustofa",
    "Kartosuwiryo", "Djatmiko", "Pamungkas", "Wardana", "Permadi", "Lesmana", "Subekti", "Irawan",
]  # fmt: skip
_FEMALE_SECOND = [
    "Wahyuni", "Lestari", "Rahayu", "Handayani", "Astuti", "Utami", "Susanti", "Wulandari",
    "Puspitasari", "Kusumawati", "Setyowati", "Haryati", "Rahmawati", "Hidayati", "Permatasari",
    "Anggraini", "Maharani", "Safitri", "Ramadhani", "Purwaningsih", "Mulyani", "Sulistyowati",
    "Ningsih", "Aminah", "Khasanah", "Fatimah", "Nurjanah", "Azzahra", "Salsabila", "Widyastuti",
    "Kurniasih", "Suryani", "Yuliana", "Herawati", "Pertiwi", "Cahyani", "Hapsari", "Larasati",
    "Kinasih", "Saraswati",
]  # fmt: skip
_THIRD = [
    "Putra", "Putri", "Adi", "Kusuma", "Wijaya", "Dewantara", "Ananda", "Maharani", "Pratiwi",
    "Akbar", "Alfarizi", "Khairunisa", "Ramadhan", "Anugrah", "Prameswari", "Syahputra", "Hanum",
    "Nugraha", "Cahya", "Rahman",
]  # fmt: skip
PLACES = ["Yogyakarta", "Bantul", "Sleman", "Gunungkidul", "Kulon Progo", "Klaten", "Magelang",
          "Purworejo", "Surakarta", "Kebumen", "Wonogiri", "Jakarta", "Semarang"]  # fmt: skip


def _common(names: list[str], draw: Random) -> str:
    """A name of the list; the earlier it stands, the more people bear it."""
    return names[int(len(names) * draw.random() ** 1.6)]


def _one_name(sex: int, draw: Random) -> str:
    endings = _MALE_ENDINGS if sex == MALE else _FEMALE_ENDINGS
    return _common(_BEGINNINGS, draw) + _common(endings, draw)


def invented_name(sex: int, age: int, draw: Random, *, family_name: str = "") -> str:
    """A name as people of that age bear it; `family_name` is a father's last name, sometimes."""
    single = 0.62 if age > 55 else 0.3 if age > 35 else 0.04
    if draw.random() < single:
        return _one_name(sex, draw)
    first = _common(_MALE_FIRST if sex == MALE else _FEMALE_FIRST, draw)
    if age > 35 and draw.random() < 0.25:
        first = _one_name(sex, draw)
    if sex == MALE and draw.random() < 0.16:
        first = f"Muhammad {first}"
    second = _common(_MALE_SECOND if sex == MALE else _FEMALE_SECOND, draw)
    if family_name and draw.random() < 0.12:
        second = family_name
    parts = [first, second]
    if age < 30 and draw.random() < 0.5:
        parts.append(_common(_THIRD, draw))
    return " ".join(parts)


def like_name(name: str, sex: int, age: int, draw: Random) -> str:
    """A sibling's or son's name that resembles this one: the hard case of two different people."""
    parts = name.split()
    other = invented_name(sex, age, draw).split()
    kind = draw.randrange(4)
    if kind == 0 and len(parts) > 1:  # the same last names
        return " ".join([other[0], *parts[1:]])
    if kind == 1 and len(parts) > 1:  # the same first name
        return " ".join([parts[0], *other[-1:]])
    if kind == 2:  # the father's name and one of one's own
        return f"{parts[0]} {other[-1]}"
    return _other_ending(name)


def _other_ending(name: str) -> str:
    """Rizki and Rizka, Hasan and Hasanah: one letter apart, as parents like it for twins."""
    swaps = {"i": "a", "a": "i", "o": "i", "n": "ni", "h": "n", "m": "mi"}
    first, *rest = name.split()
    return " ".join([first[:-1] + swaps.get(first[-1], first[-1] + "a"), *rest])
