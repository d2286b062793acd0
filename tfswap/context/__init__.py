"""What commands share: context, preflight, credentials, saved swap and reports."""
