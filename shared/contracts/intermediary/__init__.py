"""The online supermarket of intermediaries (网上中介服务超市): its facts and its courses."""
