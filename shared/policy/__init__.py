"""What law, bureau and State Council have set: as data, with the models that read it."""
