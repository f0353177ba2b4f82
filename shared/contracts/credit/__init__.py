"""Credit that spares an applicant something (信用4+): its facts and its words."""
