"""Word pools: names in two scripts, places and sentences. None of it is about anybody."""

from __future__ import annotations

from typing import Final

FIRST_NAMES: Final = (
    ("Layla", "ليلى"),
    ("Omar", "عمر"),
    ("Sara", "سارة"),
    ("Yousef", "يوسف"),
    ("Nour", "نور"),
    ("Khaled", "خالد"),
    ("Mariam", "مريم"),
    ("Hasan", "حسن"),
    ("Dana", "دانا"),
    ("Tariq", "طارق"),
    ("Emma", "إيما"),
    ("James", "جيمس"),
    ("Zoë", "زوي"),
    ("Ayşe", "عائشة"),
    ("Çağrı", "جاغري"),
    ("Olivia", "أوليفيا"),
)
LAST_NAMES: Final = (
    ("Haddad", "حداد"),
    ("Al-Masri", "المصري"),
    ("Khalil", "خليل"),
    ("Nasser", "ناصر"),
    ("Saleh", "صالح"),
    ("Barakat", "بركات"),
    ("O'Neill", "أونيل"),
    ("Smith", "سميث"),
    ("Yılmaz", "يلماز"),
    ("Öztürk", "أوزتورك"),
    ("Abu Zaid", "أبو زيد"),
    ("van Dijk", "فان ديك"),
    ("D’Souza", "دسوزا"),
)
CITIES: Final = ("Amman", "Istanbul", "Cairo", "Baghdad", "Ramallah", "Damascus", "Leeds")
STREETS: Final = (
    "Garden Street",
    "شارع الجامعة",
    "Cumhuriyet Caddesi",
    "Station Road",
    "Hill Lane",
)
SUBJECTS: Final = (
    "Programming",
    "Networking",
    "Database Design",
    "Professional Practice",
    "Security",
    "Accounting Principles",
    "Marketing Essentials",
    "Human Resource Management",
    "Engineering Maths",
    "Mechanical Principles",
    "Typography",
    "Visual Narratives",
)
ASSIGNMENTS: Final = ("Assignment 1", "Assignment 2", "Project", "Report", "Presentation")
FEEDBACK: Final = (
    "Clear structure and sound sources; the evaluation could weigh the alternatives.",
    "عمل جيد، ويحتاج القسم الثالث إلى مراجع إضافية.",
    "Meets P1 to P4. For merit, justify the choice of tools.",
    "The diagrams do not match the text: resubmit section 2.\nSee the marked copy.",
    "Well argued throughout.",
)
RARE_FEEDBACK: Final = (
    "Excellent work 👏🏽🎓 — keep going!",
    "أحسنت \u200f👏 (درجة الامتياز)",
    'Re\u0301sume\u0301 of the findings <b>missing</b> & "quoted" wrongly',
)
REASONS: Final = (
    "Family travel during the submission week.",
    "تغيّر رقم الهاتف.",
    "I work in the mornings and cannot attend.",
    "Lost my card on campus.",
)
# What the office answers, by status; one that is not decided has no answer.
DECISION_NOTES: Final = {
    "Approved": "Approved; you will hear from us within a week.",
    "Rejected": "نأسف، انتهت مهلة تقديم هذا الطلب.",
    "Completed": "Done.",
}
