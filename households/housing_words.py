"""The Indonesian words for the codes of a dwelling and of a person's main activity.

As in `households.code_words`: the word of our own screens first, then the spellings in practice.
"""

from django.db.models import IntegerChoices

from households import housing_codes as codes

HOUSING_WORDS: dict[type[IntegerChoices], dict[int, str]] = {
    codes.Tenure: {
        1: "Milik sendiri | Sendiri | Hak milik | Milik",
        2: "Kontrak/sewa | Kontrak | Sewa | Sewa/kontrak | Ngontrak",
        3: "Bebas sewa | Menumpang | Numpang",
        4: "Rumah dinas | Dinas",
        5: "Kepemilikan lain | Lainnya | Lain-lain",
        6: "Mengindung | Ngindung | Magersari",
    },
    codes.LandTitle: {
        1: "SHM atas nama sendiri | SHM sendiri | SHM | SHM atas nama anggota keluarga",
        2: "SHM orang lain dengan perjanjian tertulis | SHM orang lain dengan perjanjian",
        3: "SHM orang lain tanpa perjanjian | SHM orang lain tanpa perjanjian tertulis",
        4: "SHGB/SHSRS | SHGB | SHSRS | HGB",
        5: "Girik/letter C | Girik | Letter C | Petok D",
        6: "Tidak ada surat | Tidak ada | Tidak punya",
    },
    codes.FloorMaterial: {
        1: "Marmer/granit | Marmer | Granit",
        2: "Keramik",
        3: "Ubin/tegel/teraso | Ubin | Tegel | Teraso",
        4: "Semen/bata merah | Semen | Plester | Bata merah | Semen/plester",
        5: "Kayu/papan | Kayu | Papan",
        6: "Tanah",
        7: "Bahan lain | Lainnya | Lain-lain",
    },
    codes.WallMaterial: {
        1: "Tembok | Bata | Beton",
        2: "Plesteran anyaman bambu/kawat | Plesteran anyaman bambu | Plesteran anyaman kawat",
        3: "Kayu | Papan | Kayu/papan",
        4: "Anyaman bambu | Gedek",
        5: "Bambu",
        6: "Bahan lain | Lainnya | Lain-lain",
    },
    codes.RoofMaterial: {
        1: "Beton",
        2: "Genteng keramik",
        3: "Genteng tanah | Genteng tanah liat",
        4: "Asbes",
        5: "Bambu",
        6: "Bahan lain | Lainnya | Lain-lain",
    },
    codes.DrinkingWater: {
        1: "Air kemasan | Air kemasan bermerek | Air kemasan bermerk | Kemasan",
        2: "Air isi ulang | Isi ulang",
        3: "Leding (PDAM) | Leding | PDAM | Ledeng",
        4: "Sumur bor/pompa | Sumur bor | Sumur pompa | Pompa",
        5: "Sumur terlindung",
        6: "Sumur tak terlindung | Sumur tidak terlindung",
        7: "Mata air terlindung",
        8: "Mata air tak terlindung | Mata air tidak terlindung",
        9: "Air permukaan | Sungai | Air sungai",
        10: "Air hujan | Hujan",
        11: "Sumber lain | Lainnya | Lain-lain",
    },
    codes.Toilet: {
        1: "Milik sendiri (jamban) | Milik sendiri | Sendiri | Jamban sendiri",
        2: "Bersama keluarga tertentu | Bersama",
        3: "MCK umum | Umum | WC umum",
        4: "Tidak ada jamban | Tidak ada",
    },
    codes.Closet: {
        1: "Leher angsa",
        2: "Plengsengan",
        3: "Cemplung/cubluk | Cemplung | Cubluk",
        4: "Tidak pakai kloset | Tidak pakai | Tidak ada",
    },
    codes.Lighting: {
        1: "Listrik PLN dengan meteran | PLN dengan meteran | PLN meteran",
        2: "Listrik PLN tanpa meteran | PLN tanpa meteran",
        3: "Listrik non-PLN | Non-PLN",
        4: "Bukan listrik | Tidak ada listrik",
    },
    codes.PowerVA: {
        450: "450 VA | 450 watt",
        900: "900 VA | 900 watt",
        1300: "1.300 VA | 1.300 watt",
        2200: "2.200 VA atau lebih | 2.200 VA | 2.200 watt",
    },
    codes.CookingFuel: {
        1: "Listrik",
        2: "Gas lebih dari 3 kg | Gas 5,5 kg | Gas 12 kg",
        3: "Gas 3 kg | Elpiji 3 kg | LPG 3 kg | Gas melon",
        4: "Briket",
        5: "Arang",
        6: "Kayu bakar | Kayu",
        7: "Tidak memasak",
    },
    codes.MainActivity: {
        1: "Bekerja | Kerja",
        2: "Bersekolah | Sekolah",
        3: "Mengurus rumah tangga | Mengurus RT",
        4: "Kegiatan lain | Lainnya | Lain-lain",
    },
}
