"""The API under /api/v1: one file per noun, keys with scopes, idempotent posts, problems in RFC 9457."""
