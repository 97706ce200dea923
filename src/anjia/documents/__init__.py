"""
What we hand out on paper: said once, written as a Word document or as PDF. Knows nothing of Django.

The libraries that write them are loaded with the first document, not with every process.
"""

from anjia.documents.content import Document, Heading, Part, Picture, Table, Words


def as_docx(document: Document) -> bytes:
    """Return an A4 document, its headings real headings and the titles of its tables repeated on each page."""
    from anjia.documents import docx  # noqa: PLC0415 - python-docx is heavy, and seldom needed

    return docx.written(document)


def as_pdf(document: Document) -> bytes:
    """Return an A4 document. A character that the font lacks stands as an empty box, and is never left out."""
    from anjia.documents import pdf  # noqa: PLC0415 - fpdf is heavy, and seldom needed

    return pdf.written(document)


__all__ = ["Document", "Heading", "Part", "Picture", "Table", "Words", "as_docx", "as_pdf"]
