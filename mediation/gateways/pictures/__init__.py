"""What reads the text in pictures and PDFs: a port, and Tesseract with Poppler behind it."""
