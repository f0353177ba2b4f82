"""Help for applicants (帮办代办): its facts and their words."""
