"""The words of the synthetic portfolio: donors, institutions, titles and what experts do, by practice area."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Area:
    """What an engagement in one practice area is about, and with whom."""

    institutions: list[tuple[str, str, str]]  # kind, short code, name before "of <country>"
    subjects: list[str]
    sectors: list[str]
    roles: list[str]


AREAS = {
    "PFM": Area(
        [("ministry_of_finance", "MOF", "Ministry of Finance"), ("treasury", "TRE", "National Treasury")],
        ["a credible medium-term budget", "the treasury single account", "cash forecasting", "commitment control",
         "accrual accounting in line ministries", "the appraisal of public investment", "internal audit"],
        ["15111", "15117", "15118", "15125"],
        ["Treasury adviser", "Budget adviser", "Accounting specialist", "Public investment specialist"],
    ),
    "MON": Area(
        [("central_bank", "CB", "Central Bank")],
        ["inflation forecasting and policy analysis", "monetary operations", "the management of foreign reserves",
         "the foreign exchange market", "oversight of payment systems"],
        ["24020", "15142"],
        ["Monetary policy adviser", "Market operations specialist", "Payment systems specialist"],
    ),
    "FSS": Area(
        [("supervisor", "FSA", "Financial Services Authority"), ("central_bank", "CB", "Central Bank")],
        ["risk-based supervision of banks", "supervision of insurers", "crisis preparedness and resolution",
         "stress testing of the banking system", "the licensing of payment institutions"],
        ["24010", "24030", "24040"],
        ["Banking supervision adviser", "Resolution specialist", "Insurance supervision specialist"],
    ),
    "AML": Area(
        [("financial_intelligence_unit", "FIU", "Financial Intelligence Unit")],
        ["the national risk assessment", "the analysis of suspicious transactions", "supervision of reporting entities",
         "the recovery of assets", "registers of beneficial owners"],
        ["15113", "15130", "24010"],
        ["Financial intelligence adviser", "Asset recovery specialist", "Supervision specialist"],
    ),
    "DEB": Area(
        [("debt_office", "DMO", "Debt Management Office"), ("ministry_of_finance", "MOF", "Ministry of Finance")],
        ["the medium-term debt strategy", "recording and reporting of debt", "the domestic securities market",
         "the management of guarantees and fiscal risks", "back office controls"],
        ["15119", "15111"],
        ["Debt strategy adviser", "Debt recording specialist", "Domestic market specialist"],
    ),
    "STA": Area(
        [("statistics_office", "NSO", "National Statistics Office")],
        ["quarterly national accounts", "a rebased consumer price index", "government finance statistics",
         "balance of payments statistics", "a business register that is kept up to date"],
        ["16062", "15196"],
        ["National accounts adviser", "Price statistics specialist", "Survey specialist"],
    ),
    "REV": Area(
        [("revenue_authority", "REV", "Revenue Authority"), ("customs", "CUS", "Customs Administration")],
        ["audit of large taxpayers", "a clean taxpayer register", "electronic filing and payment",
         "risk management in customs", "VAT refunds that are paid on time", "collection of tax arrears",
         "the taxation of natural resources"],
        ["15114", "15116", "15155", "15156"],
        ["Tax administration adviser", "Audit specialist", "Customs specialist", "Compliance risk specialist"],
    ),
}  # fmt: skip

VERBS = ["Strengthening", "Building", "Establishing", "Improving", "Modernising"]

# Countries that give, and what their offices pay in.
DONORS = [
    ("NO", "Norway", "NOK"), ("DE", "Germany", "EUR"), ("GB", "the United Kingdom", "GBP"), ("JP", "Japan", "JPY"),
    ("CH", "Switzerland", "CHF"), ("CA", "Canada", "CAD"), ("NL", "the Netherlands", "EUR"), ("SE", "Sweden", "SEK"),
    ("AU", "Australia", "AUD"), ("US", "the United States", "USD"), ("FR", "France", "EUR"), ("KW", "Kuwait", "KWD"),
]  # fmt: skip
CENTRES = ["Regional Centre for Public Finance", "Centre for Fiscal Affairs", "Institute for Central Banking"]

# What one US dollar buys, about: the start of a made-up walk.
ABOUT_PER_USD = {
    "EUR": 0.92, "GBP": 0.79, "JPY": 148, "CHF": 0.88, "CAD": 1.36, "SEK": 10.4, "NOK": 10.6, "AUD": 1.52, "KWD": 0.307,
}  # fmt: skip

GIVEN_NAMES = [
    "Amina", "Bekele", "Carlos", "Daniela", "Elif", "Farid", "Grace", "Henrik", "Ines", "Joseph", "Khadija", "Lars",
    "Mariam", "Nikolai", "Olivia", "Pedro", "Quynh", "Rania", "Samuel", "Tendai", "Ulla", "Victor", "Wanjiru", "Yusuf",
]  # fmt: skip
FAMILY_NAMES = [
    "Abdi", "Berg", "Castro", "Diallo", "Eriksen", "Fofana", "García", "Haddad", "Ivanova", "Jensen", "Kamau", "Lopes",
    "Mensah", "Nguyen", "Okafor", "Petrov", "Quispe", "Rahman", "Silva", "Tesfaye", "Usman", "Vargas", "Weber", "Zhou",
]  # fmt: skip

MILESTONES = [
    "Inception report agreed", "Diagnostic completed", "Procedures manual adopted", "Pilot completed in two offices",
    "Amended law submitted to parliament", "First cohort of staff trained", "Roll-out to all offices",
    "Handover plan signed",
]  # fmt: skip

RISKS = [
    ("sustainability", "Trained staff leave for better paid posts", "Two officers are trained for each function"),
    ("ownership", "A change of minister moves priorities", "Steering committee chaired by the permanent secretary"),
    ("dependency", "Advisers do line work themselves", "Function map reviewed each quarter"),
    ("relevance", "The plan no longer fits the reform strategy", "Joint review once a year"),
    ("coordination", "Another provider works on the same function", "Shared work plan with the other provider"),
    ("fiduciary", "Equipment is bought outside the rules", "Purchases are checked by the finance officer"),
    ("security", "Travel to regional offices is restricted", "Remote sessions and local trainers"),
    ("political", "Elections delay the law", "Work that needs no law goes first"),
    ("delivery", "The resident adviser's post stays vacant", "Roster of three candidates is kept"),
]  # fmt: skip

# Indicators of an engagement's own: title, unit, method, direction, baseline, target.
OWN_INDICATORS = [
    ("Staff of the unit who work alone", "people", "sum", "increase", 0, 120),
    ("Procedures followed without an adviser", "percent", "ratio_of_sums", "increase", 25, 85),
    ("Days from the end of the month to the report", "days", "latest", "decrease", 45, 12),
    ("Average assessment of the unit's products", "points", "simple_mean", "increase", 40, 80),
    ("Longest delay of a statutory report", "days", "max", "decrease", 90, 20),
    ("Best score in the yearly test", "points", "max", "increase", 45, 90),
    ("Lowest stock of trained staff", "people", "min", "increase", 4, 20),
    ("Service quality, weighted by users", "points", "weighted_mean", "increase", 35, 75),
]
# Where the catalogue's units start and should end, as things improve.
RANGES = {
    "percent": (35, 85), "score 0-100": (40, 75), "yes/no": (0, 1), "months": (3, 12), "years": (8, 2),
    "per 100,000 adults": (5, 14), "per 1,000 adults": (150, 420), "percent of GDP": (13, 17), "USD": (0, 5_000_000),
    "percentage points": (9, 2), "number": (0, 60), "people": (0, 300), "points": (40, 75), "modules": (2, 9),
}  # fmt: skip
OUTCOMES = [
    "Staff carry out {subject} on their own", "The legal and procedural basis of {subject} is in place",
    "Systems and data for {subject} are used every day",
]  # fmt: skip
NOT_REPORTED = [
    "The department has not closed its figures yet.",
    "The survey was moved to the next quarter.",
    "The register was not available.",
]
DONE = [
    "Two workshops were held, and the first drafts are with the department.",
    "Field visits were completed as planned.",
    "The new procedure is in use in three offices.",
]
OBSTACLES = ["Two counterparts were transferred.", "The budget for travel came late.", ""]
NEXT = ["Train the remaining offices.", "Agree on the draft regulation.", "Prepare the yearly review."]
