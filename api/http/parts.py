"""Parts that several answers share."""

EUR = {"amount": "60.00", "currency": "EUR"}
COMMITMENT_ID = "5f0c2f0e-52a6-5d1c-9d0a-3f1f3f6c2a11"
REFUND_ID = "c1d2f0e3-1a2b-5c3d-8e4f-5a6b7c8d9e0f"
DISPUTE_ID = "0197c2a4-7d1e-7c3a-9f42-2b1c6f0a9d11"
TOKEN_ID = "3f1c9f0e-1c5b-4f5e-9a55-0d9c3a9d1b7e"
