"""The values of the organisation's picklists, in the order the CRM shows them."""

from __future__ import annotations

GENDERS = ("Male", "Female")
COUNTRIES = ("Jordan", "Türkiye", "Egypt", "Iraq", "Palestine", "Syria", "United Kingdom")
NATIONALITIES = ("Jordanian", "Turkish", "Egyptian", "Iraqi", "Palestinian", "Syrian", "British")
STUDENT_STATUSES = (
    "Active",
    "Pending",
    "Frozen",
    "Graduated",
    "Withdrawn",
    "Dismissed",
    "Transferred",
)
MAJORS = ("IT", "Business", "Engineering", "Art and Design")
SUB_MAJORS = ("Software", "Networking", "Marketing", "Finance", "Mechanical", "Graphic Design")
ACADEMIC_PROGRAMS = ("HND", "HNC", "Foundation Diploma", "International Diploma")
LANGUAGES = ("English", "Arabic")
STUDY_MODES = ("On Campus", "Online", "Blended")
AWARDS = ("Level 3", "Level 4", "Level 5")
PROGRAM_TYPES = ("HND", "HNC", "Diploma")
CURRENCIES = ("USD", "JOD", "TRY", "EUR")
INTAKES = ("Fall 2024", "Spring 2025", "Summer 2025", "Fall 2025")
REGISTRATION_STATUSES = ("Active", "Pending", "Completed", "Cancelled", "On Hold")
INSTALLMENT_STATUSES = ("Pending", "Paid", "Overdue")
PAYMENT_METHODS = ("Cash", "Bank Transfer", "Credit Card", "Cheque", "Online")
PAYMENT_TYPES = ("Installment", "Registration Fee", "Deposit", "Resit Fee", "Student Card")
PAYMENT_STATUSES = ("Confirmed", "Pending", "Declined")
DECLINE_REASONS = ("Cheque returned", "Card refused", "Wrong voucher number")
UNIT_LEVELS = ("3", "4", "5")
TERMS = ("Term 1", "Term 2", "Term 3")
YEARS = ("2024", "2025", "2026")
CLASS_STATUSES = (
    "Pending",
    "Active",
    "Initial Evaluation",
    "Final Evaluation",
    "Waiting Submission",
    "Waiting Resubmission",
    "End",
)
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Saturday")
ENROLLMENT_TYPES = ("Normal", "Recording", "Self-Study", "Not Graded")
GRADES = ("D", "M", "P", "R", "RR", "F", "Mapped")
GRADE_STATUSES = (
    "Not Marked",
    "In Marking",
    "Marking completed",
    "In review",
    "Ready for release",
    "Released",
)
LO_SCORES = ("Achieved", "Not Achieved", "Partially Achieved")
REQUEST_TYPES = (
    "Enroll Next Semester",
    "Class Drop",
    "Late Submission",
    "Student Card",
    "Change Information",
)
REQUEST_STATUSES = ("Pending", "Approved", "Rejected", "Cancelled", "Completed")
CHANGEABLE_FIELDS = ("Phone Number", "Address", "City", "Emergency Contact Name", "Photo")
LEAD_SOURCES = ("Web Site", "Advertisement", "Employee Referral", "Open Day", "Social Media")
LEAD_STATUSES = ("Not Contacted", "Attempted to Contact", "Contacted", "Junk Lead", "Pre-Qualified")
SALUTATIONS = ("Mr.", "Mrs.", "Ms.", "Dr.", "Prof.")
