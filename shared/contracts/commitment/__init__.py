"""Promises in place of documents (告知承诺): their facts and their words."""
