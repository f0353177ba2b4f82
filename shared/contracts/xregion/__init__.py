"""What is taken in for an authority of another place (跨域通办): its facts and its course."""
