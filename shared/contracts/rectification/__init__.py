"""What a bad rating leads to (差评整改): its facts and their words."""
