"""What an agency of the supermarket is engaged for (中介服务委托)."""
