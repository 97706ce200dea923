"""What we hand out on paper: said once, written as a Word document or as PDF. Knows nothing of Django."""

from anjia.documents.content import Document, Heading, Part, Picture, Table, Words
from anjia.documents.docx import as_docx
from anjia.documents.pdf import as_pdf

__all__ = ["Document", "Heading", "Part", "Picture", "Table", "Words", "as_docx", "as_pdf"]
