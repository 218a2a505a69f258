"""Mail in, words of the author out: RFC 5322 and HTML to a Draft, and edits back."""
