"""What we hand out on paper: said once, written as a Word document. Knows nothing of Django."""

from anjia.documents.content import Document, Heading, Part, Table, Words
from anjia.documents.docx import as_docx

__all__ = ["Document", "Heading", "Part", "Table", "Words", "as_docx"]
